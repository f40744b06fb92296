// The text before and after a pending edit, as documents that a diff can show; of several files, one diff of all.

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
  /** By change set, the title of its diff: a tab of several files tells nothing else of what it shows. */
  readonly #titles = new Map<string, string>();

  constructor(pending: Pending) {
    this.#pending = pending;
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const proposal = this.#pending.get(uri.query);
    if (!proposal) {
      return "";
    }
    if (proposal.operation?.kind === "create") {
      return proposal.hunks.map(({ newText }) => newText).join("");
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
    if (proposal.changeSet && (proposal.changeSet.files.length > 1 || proposal.operation)) {
      await this.showSet(proposal.changeSet.id);
      return;
    }
    const { uri, languageId } = await vscode.workspace.openTextDocument(vscode.Uri.parse(proposal.uri));
    const { before, after } = sidesOf(proposal);
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

  /** Every file of a change set, also what is created, renamed or deleted. */
  async showSet(id: string): Promise<void> {
    const parts = this.#pending.ofSet(id);
    const [first] = parts;
    if (!first?.changeSet) {
      return;
    }
    const { title } = first.changeSet;
    this.#titles.set(id, title);
    const rows = parts.map((part) => {
      const { before, after } = sidesOf(part);
      const kind = part.operation?.kind;
      const label = vscode.Uri.parse(part.operation?.newUri ?? part.uri);
      return [label, kind === "create" ? undefined : before, kind === "delete" ? undefined : after];
    });
    await vscode.commands.executeCommand("vscode.changes", title, rows);
  }

  /** The change set whose diff is looked at. */
  get shownSet(): string | undefined {
    const label = vscode.window.tabGroups.activeTabGroup.activeTab?.label;
    return [...this.#titles].find(([, title]) => isOf(title, label))?.[0];
  }

  /** Draws the diffs that are open anew, and closes those of what is pending no more. */
  refresh(): void {
    for (const document of vscode.workspace.textDocuments) {
      if (document.uri.scheme === SCHEME && this.#pending.get(document.uri.query)) {
        this.#changed.fire(document.uri);
      }
    }
    const gone = [...this.#titles].filter(([id]) => this.#pending.ofSet(id).length === 0);
    for (const [id] of gone) {
      this.#titles.delete(id);
    }
    const titles = gone.map(([, title]) => title);
    const over = vscode.window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ input, label }) =>
        input instanceof vscode.TabInputTextDiff
          ? this.#isOver(input.modified)
          : titles.some((title) => isOf(title, label)),
      );
    if (over.length > 0) {
      void vscode.window.tabGroups.close(over, true);
    }
  }

  #isOver(uri: vscode.Uri): boolean {
    return uri.scheme === SCHEME && this.#pending.get(uri.query) === undefined;
  }
}

/** VS Code adds how many files there are, as in `Rename total (4 files)`. */
function isOf(title: string, label: string | undefined): boolean {
  return label?.startsWith(`${title} (`) ?? false;
}

/** By its name a cell would be opened as a notebook. */
function sidesOf(proposal: Proposal): { before: vscode.Uri; after: vscode.Uri } {
  const { scheme, path } = vscode.Uri.parse(proposal.uri);
  const named = scheme === "vscode-notebook-cell" ? `${path} (cell)` : path;
  const after = vscode.Uri.from({ scheme: SCHEME, path: named, query: proposal.id });
  return { before: after.with({ fragment: BEFORE }), after };
}
