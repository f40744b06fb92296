// Marks the text that is being edited, with the last line of the answer as it comes.

import * as vscode from "vscode";
import { lastLine } from "./lastLine.ts";

const EVERY_MS = 60;

export class StreamedEdit implements vscode.Disposable {
  readonly #range = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("editor.rangeHighlightBackground"),
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
  readonly #answer = vscode.window.createTextEditorDecorationType({});
  readonly #editor: vscode.TextEditor;
  readonly #lines: vscode.Range;
  #text = "";
  #drawing: NodeJS.Timeout | undefined;

  constructor(editor: vscode.TextEditor) {
    this.#editor = editor;
    this.#lines = new vscode.Range(editor.selection.start, editor.selection.end);
    editor.setDecorations(this.#range, [this.#lines]);
    this.#draw();
  }

  /** The first piece is shown at once, later ones so often that it reads as a flow. */
  add(text: string): void {
    const first = this.#text === "";
    this.#text += text;
    if (first) {
      this.#draw();
    } else {
      this.#drawing ??= setTimeout(() => this.#draw(), EVERY_MS);
    }
  }

  dispose(): void {
    clearTimeout(this.#drawing);
    this.#range.dispose();
    this.#answer.dispose();
  }

  #draw(): void {
    this.#drawing = undefined;
    const at = this.#lines.start.line;
    const end = new vscode.Position(at, Number.MAX_SAFE_INTEGER);
    const after = {
      contentText: ` ⋯ ${lastLine(this.#text)}`,
      color: new vscode.ThemeColor("editorGhostText.foreground"),
      fontStyle: "italic",
      margin: "0 0 0 1em",
    };
    this.#editor.setDecorations(this.#answer, [
      { range: new vscode.Range(end, end), renderOptions: { after } },
    ]);
  }
}
