// Draws the next edit: what goes is struck out, what comes stands beside it, and at the cursor the way there.

import * as vscode from "vscode";
import type { Range } from "../messages.ts";
import { fromRange } from "../place.ts";
import { type Change, type Layout, layoutOf } from "../review/layout.ts";
import { hintOf, wayTo } from "./words.ts";

export class Marks implements vscode.Disposable {
  readonly #old = vscode.window.createTextEditorDecorationType({
    textDecoration: "line-through",
    backgroundColor: new vscode.ThemeColor("diffEditor.removedTextBackground"),
  });
  readonly #new: vscode.TextEditorDecorationType;
  readonly #way = vscode.window.createTextEditorDecorationType({});

  constructor(extension: vscode.Uri) {
    this.#new = vscode.window.createTextEditorDecorationType({
      gutterIconPath: vscode.Uri.joinPath(extension, "media", "nextEdit.svg"),
      gutterIconSize: "contain",
    });
  }

  draw(editor: vscode.TextEditor, change: Change): void {
    const { document, selection } = editor;
    const range = fromRange(change.range);
    const layout = layoutOf(change, (line) => document.lineAt(line).text);
    const line = Math.max(layout.first + layout.removed - 1, 0);
    const beside = besideLine(line, hintOf(layout), "diffEditor.insertedTextBackground");
    const cursor = selection.active.line;
    editor.setDecorations(this.#old, range.isEmpty ? [] : [range]);
    editor.setDecorations(this.#new, [{ ...beside, hoverMessage: wholeOf(layout, document.languageId) }]);
    editor.setDecorations(
      this.#way,
      isAt(change.range, cursor) || cursor === line ? [] : [besideLine(cursor, wayTo(line))],
    );
  }

  clear(editor: vscode.TextEditor): void {
    for (const type of [this.#old, this.#new, this.#way]) {
      editor.setDecorations(type, []);
    }
  }

  dispose(): void {
    for (const type of [this.#old, this.#new, this.#way]) {
      type.dispose();
    }
  }
}

/** Whether `line` is one of those that would change. */
export function isAt(range: Range, line: number): boolean {
  return range.start.line <= line && line <= range.end.line;
}

function besideLine(line: number, contentText: string, background?: string): vscode.DecorationOptions {
  const end = new vscode.Position(line, Number.MAX_SAFE_INTEGER);
  const after: vscode.ThemableDecorationAttachmentRenderOptions = {
    contentText,
    color: new vscode.ThemeColor("editorGhostText.foreground"),
    margin: "0 0 0 2em",
    ...(background ? { backgroundColor: new vscode.ThemeColor(background) } : {}),
  };
  return { range: new vscode.Range(end, end), renderOptions: { after } };
}

function wholeOf({ added }: Layout, languageId: string): vscode.MarkdownString {
  return new vscode.MarkdownString().appendCodeblock(added.join("\n"), languageId);
}
