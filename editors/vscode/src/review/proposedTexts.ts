// The text before and after a pending edit, as documents that a diff can show.

import * as vscode from "vscode";
import type { Proposal } from "../messages.ts";
import { fromRange } from "../place.ts";
import { applied } from "./layout.ts";
import type { Pending } from "./pending.ts";

export const SCHEME = "llm-ls-proposed";

const BEFORE = "before";

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
    if (uri.fragment === BEFORE) {
      return document.getText();
    }
    return applied(document.getText(), proposal.hunks, (position) =>
      document.offsetAt(fromRange({ start: position, end: position }).start),
    );
  }

  /** Neither side is the document itself: what is drawn into that would stand in the diff's way. */
  async show(proposal: Proposal): Promise<void> {
    const { uri, languageId } = await vscode.workspace.openTextDocument(vscode.Uri.parse(proposal.uri));
    // By its name a cell would be opened as a notebook.
    const path = uri.scheme === "vscode-notebook-cell" ? `${uri.path} (cell)` : uri.path;
    const after = vscode.Uri.from({ scheme: SCHEME, path, query: proposal.id });
    const before = after.with({ fragment: BEFORE });
    for (const side of [before, after]) {
      const text = await vscode.workspace.openTextDocument(side);
      if (text.languageId !== languageId) {
        await vscode.languages.setTextDocumentLanguage(text, languageId);
      }
    }
    const title = `${uri.path.split("/").at(-1)}: ${proposal.title} (${proposal.summary})`;
    const options = { viewColumn: vscode.ViewColumn.Active, preview: true };
    await vscode.commands.executeCommand("vscode.diff", before, after, title, options);
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
