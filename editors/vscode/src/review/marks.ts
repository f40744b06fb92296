// Draws pending edits into the text: what goes in red, and what comes below it, readable as code.

import * as vscode from "vscode";
import type { Hunk, Proposal } from "../messages.ts";
import { fromRange } from "../place.ts";
import { type Layout, layoutOf } from "./layout.ts";
import type { Pending } from "./pending.ts";

/** Whether the proposal's ranges are those of the text as it is; while the user types, they are not for a moment. */
export function isCurrent(proposal: Proposal, document: vscode.TextDocument): boolean {
  return proposal.version === undefined || proposal.version === document.version;
}

export interface Reference {
  id: string;
  hunk: string;
}

/** What is drawn of one hunk below its lines, and what it was drawn from. */
interface Shown {
  key: string;
  thread: vscode.CommentThread;
}

export class Marks implements vscode.Disposable {
  readonly #pending: Pending;
  readonly #controller = vscode.comments.createCommentController("llm-ls", "llm-ls");
  readonly #removedLine = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("diffEditor.removedLineBackground"),
    overviewRulerColor: new vscode.ThemeColor("editorOverviewRuler.deletedForeground"),
    overviewRulerLane: vscode.OverviewRulerLane.Left,
  });
  readonly #removedText = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor("diffEditor.removedTextBackground"),
  });
  readonly #shown = new Map<string, Shown>();
  readonly #references = new Map<vscode.CommentThread, Reference>();

  constructor(pending: Pending) {
    this.#pending = pending;
  }

  /** The hunk that is shown in `thread`. */
  referenceOf(thread: vscode.CommentThread): Reference | undefined {
    return this.#references.get(thread);
  }

  draw(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      this.#drawRemoved(editor);
    }
    this.#drawAdded();
  }

  dispose(): void {
    this.#controller.dispose();
    this.#removedLine.dispose();
    this.#removedText.dispose();
  }

  #drawRemoved(editor: vscode.TextEditor): void {
    const { document } = editor;
    const hunks = this.#pending
      .of(document.uri.toString())
      .filter((proposal) => isCurrent(proposal, document))
      .flatMap((proposal) => proposal.hunks);
    const lines = hunks
      .map((hunk) => layoutOf(hunk, (line) => document.lineAt(line).text))
      .filter(({ removed }) => removed > 0)
      .map(({ first, removed }) => new vscode.Range(first, 0, first + removed - 1, 0));
    editor.setDecorations(this.#removedLine, lines);
    editor.setDecorations(
      this.#removedText,
      hunks.map(({ range }) => fromRange(range)).filter((range) => !range.isEmpty && range.isSingleLine),
    );
  }

  /** A thread that is still right stays, so that nothing flickers while the user types elsewhere. */
  #drawAdded(): void {
    const open = new Map(
      vscode.workspace.textDocuments.map((document) => [document.uri.toString(), document]),
    );
    const wanted = new Set<string>();
    for (const proposal of this.#pending.all) {
      const document = open.get(proposal.uri);
      for (const [index, hunk] of document ? proposal.hunks.entries() : []) {
        const name = `${proposal.id}/${hunk.id}`;
        if (
          document &&
          (!isCurrent(proposal, document) || this.#drawThread(name, proposal, index, hunk, document))
        ) {
          wanted.add(name);
        }
      }
    }
    for (const [name, { thread }] of this.#shown) {
      if (!wanted.has(name)) {
        this.#remove(name, thread);
      }
    }
  }

  /** Whether there is anything to show below the lines of `hunk`. */
  #drawThread(
    name: string,
    proposal: Proposal,
    index: number,
    hunk: Hunk,
    document: vscode.TextDocument,
  ): boolean {
    const layout = layoutOf(hunk, (line) => document.lineAt(line).text);
    if (layout.added.length === 0) {
      return false;
    }
    const range = rangeOf(layout, document);
    const key = JSON.stringify([layout.added, layout.removed, index, proposal.hunks.length]);
    const shown = this.#shown.get(name);
    if (shown?.key === key) {
      if (!shown.thread.range?.isEqual(range)) {
        shown.thread.range = range;
      }
      return true;
    }
    if (shown) {
      this.#remove(name, shown.thread);
    }
    const thread = this.#controller.createCommentThread(document.uri, range, [
      commentOf(layout, document.languageId, proposal),
    ]);
    thread.canReply = false;
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    thread.label = labelOf(layout, index, proposal);
    this.#shown.set(name, { key, thread });
    this.#references.set(thread, { id: proposal.id, hunk: hunk.id });
    return true;
  }

  #remove(name: string, thread: vscode.CommentThread): void {
    thread.dispose();
    this.#references.delete(thread);
    this.#shown.delete(name);
  }
}

/** The lines below which the new ones are shown. */
function rangeOf({ first, removed }: Layout, document: vscode.TextDocument): vscode.Range {
  const last = removed > 0 ? first + removed - 1 : first - 1;
  const line = Math.min(Math.max(last, 0), document.lineCount - 1);
  return new vscode.Range(line, 0, line, 0);
}

function labelOf({ added, removed }: Layout, index: number, proposal: Proposal): string {
  const count = proposal.hunks.length > 1 ? `change ${index + 1} of ${proposal.hunks.length}, ` : "";
  return `llm-ls: ${count}+${added.length} −${removed}`;
}

function commentOf(layout: Layout, languageId: string, proposal: Proposal): vscode.Comment {
  const body = new vscode.MarkdownString().appendCodeblock(layout.added.join("\n"), languageId);
  return { body, mode: vscode.CommentMode.Preview, author: { name: proposal.model } };
}
