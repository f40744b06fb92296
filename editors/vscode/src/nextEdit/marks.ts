// Draws the next edit: what goes is struck out, what comes stands beside it, and at the cursor the way there.

import * as vscode from "vscode";
import { fromRange } from "../place.ts";
import { type Drawing, isAt, wayTo } from "./drawing.ts";

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

  draw(editor: vscode.TextEditor, drawing: Drawing): void {
    const { document, selection } = editor;
    const whole = new vscode.MarkdownString().appendCodeblock(drawing.added.join("\n"), document.languageId);
    const beside = besideLine(drawing.last, drawing.hint, {
      color: new vscode.ThemeColor("editor.foreground"),
      backgroundColor: new vscode.ThemeColor("diffEditor.insertedTextBackground"),
    });
    const cursor = selection.active.line;
    editor.setDecorations(this.#old, drawing.old.map(fromRange));
    editor.setDecorations(this.#new, [{ ...beside, hoverMessage: whole }]);
    const way = besideLine(cursor, wayTo(drawing), {
      color: new vscode.ThemeColor("editorGhostText.foreground"),
    });
    editor.setDecorations(this.#way, isAt(drawing, cursor) ? [] : [way]);
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

function besideLine(
  line: number,
  contentText: string,
  look: vscode.ThemableDecorationAttachmentRenderOptions,
): vscode.DecorationOptions {
  const end = new vscode.Position(line, Number.MAX_SAFE_INTEGER);
  const after = { contentText, margin: "0 0 0 2em", ...look };
  return { range: new vscode.Range(end, end), renderOptions: { after } };
}
