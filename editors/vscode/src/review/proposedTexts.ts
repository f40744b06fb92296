// The text as it would be once a pending edit is accepted, as a document that a diff can show.

import * as vscode from "vscode";
import type { Proposal } from "../messages.ts";
import { fromRange } from "../place.ts";
import { applied } from "./layout.ts";
import type { Pending } from "./pending.ts";

export const SCHEME = "llm-ls-proposed";

export class ProposedTexts implements vscode.TextDocumentContentProvider {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #pending: Pending;

  constructor(pending: Pending) {
    this.#pending = pending;
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const proposal = this.#pending.get(uri.query);
    if (!proposal) {
      return "";
    }
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(proposal.uri));
    return applied(document.getText(), proposal.hunks, (position) =>
      document.offsetAt(fromRange({ start: position, end: position }).start),
    );
  }

  async show(proposal: Proposal): Promise<void> {
    const original = vscode.Uri.parse(proposal.uri);
    const name = original.path.split("/").at(-1);
    const title = `${name} ↔ ${proposal.title} (${proposal.summary})`;
    const options = { viewColumn: vscode.ViewColumn.Active, preview: true };
    await vscode.commands.executeCommand("vscode.diff", original, uriOf(proposal), title, options);
  }

  /** Draws the diffs that are open anew, and closes those of what is pending no more. */
  refresh(): void {
    for (const document of vscode.workspace.textDocuments) {
      if (document.uri.scheme === SCHEME && this.#pending.get(document.uri.query)) {
        this.#changed.fire(document.uri);
      }
    }
    const over = vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ input }) => input instanceof vscode.TabInputTextDiff && this.#isOver(input.modified));
    if (over.length > 0) {
      void vscode.window.tabGroups.close(over, true);
    }
  }

  #isOver(uri: vscode.Uri): boolean {
    return uri.scheme === SCHEME && this.#pending.get(uri.query) === undefined;
  }
}

function uriOf(proposal: Proposal): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: vscode.Uri.parse(proposal.uri).path, query: proposal.id });
}
