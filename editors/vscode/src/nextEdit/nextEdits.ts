// Next edits: asked for at a pause after a change, shown, and gone to, applied or dismissed as the user decides.

import * as vscode from "vscode";
import type { Switches } from "../inlineCompletion/switches.ts";
import type { InlineEdit } from "../messages.ts";
import { diagnosticsIn, fromRange, isKnown, toRange } from "../place.ts";
import { command } from "../report.ts";
import type { Server } from "../server/server.ts";
import { type Drawing, drawingOf, isAt } from "./drawing.ts";
import { Marks } from "./marks.ts";

const PAUSE_MS = 300;

interface Shown {
  editor: vscode.TextEditor;
  edit: InlineEdit;
  drawing: Drawing;
}

export class NextEdits {
  readonly #server: Server;
  readonly #switches: Switches;
  readonly #marks: Marks;
  #shown: Shown | undefined;
  #pause: NodeJS.Timeout | undefined;
  #asking = new vscode.CancellationTokenSource();

  constructor(context: vscode.ExtensionContext, server: Server, switches: Switches) {
    this.#server = server;
    this.#switches = switches;
    this.#marks = new Marks(context.extensionUri);
    const { window, workspace } = vscode;
    context.subscriptions.push(
      this.#marks,
      workspace.onDidChangeTextDocument((event) => this.#changed(event)),
      window.onDidChangeTextEditorSelection(({ textEditor }) => this.#draw(textEditor)),
      window.onDidChangeActiveTextEditor(() => this.#forget()),
      server.onDidChangeState(() => this.#forget()),
      command("llm-ls.nextEdit.take", () => this.#take()),
      command("llm-ls.nextEdit.dismiss", () => this.#dismiss()),
    );
  }

  #changed({ document, contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    if (contentChanges.length === 0 || document !== vscode.window.activeTextEditor?.document) {
      return;
    }
    this.#forget();
    if (
      reason === undefined &&
      isKnown(document.uri) &&
      isWanted() &&
      this.#switches.off(document) !== "file"
    ) {
      this.#pause = setTimeout(() => void this.#ask(document), PAUSE_MS);
    }
  }

  /** The server says itself, and once, what keeps it from answering. */
  async #ask(document: vscode.TextDocument): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (editor?.document !== document || !this.#server.client) {
      return;
    }
    const { version, uri } = document;
    const { token } = this.#asking;
    const { start: position } = toRange(new vscode.Range(editor.selection.active, editor.selection.active));
    const { edits } = await this.#server.client
      .sendRequest<{ edits: InlineEdit[] }>(
        "textDocument/copilotInlineEdit",
        {
          textDocument: { uri: uri.toString(), version },
          position,
          diagnostics: diagnosticsIn(uri, new vscode.Range(0, 0, document.lineCount, 0)),
        },
        token,
      )
      .catch(() => ({ edits: [] }));
    const edit = edits.find(({ textDocument }) => textDocument.uri === uri.toString());
    if (edit && !token.isCancellationRequested && edit.textDocument.version === document.version) {
      this.#show(editor, edit);
    }
  }

  #show(editor: vscode.TextEditor, edit: InlineEdit): void {
    const change = { range: edit.range, newText: edit.text };
    this.#shown = { editor, edit, drawing: drawingOf(change, (line) => editor.document.lineAt(line).text) };
    this.#draw(editor);
    this.#setContext();
    void this.#server.client?.sendNotification("textDocument/didShowInlineEdit", {
      item: { command: edit.command },
    });
  }

  /** Goes to it; being there, makes it. */
  async #take(): Promise<void> {
    if (!this.#shown) {
      return;
    }
    const { editor, edit, drawing } = this.#shown;
    if (!isAt(drawing, editor.selection.active.line)) {
      const start = new vscode.Position(drawing.start.line, drawing.start.character);
      editor.selection = new vscode.Selection(start, start);
      editor.revealRange(editor.selection, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      return;
    }
    this.#forget();
    if (await editor.edit((builder) => builder.replace(fromRange(edit.range), edit.text))) {
      const { command: accept, arguments: given } = edit.command;
      await this.#server.client?.sendRequest("workspace/executeCommand", {
        command: accept,
        arguments: given,
      });
    }
  }

  async #dismiss(): Promise<void> {
    const uuid: unknown = this.#shown?.edit.command.arguments?.[0];
    this.#forget();
    await this.#server.client?.sendRequest("notifyNextEditRejected", { uuid });
  }

  #draw(editor: vscode.TextEditor): void {
    if (editor === this.#shown?.editor) {
      this.#marks.draw(editor, this.#shown.drawing);
    }
  }

  /** Takes what is shown away, and asks for nothing that belongs to the text before. */
  #forget(): void {
    clearTimeout(this.#pause);
    this.#asking.cancel();
    this.#asking.dispose();
    this.#asking = new vscode.CancellationTokenSource();
    if (this.#shown) {
      this.#marks.clear(this.#shown.editor);
      this.#shown = undefined;
      this.#setContext();
    }
  }

  #setContext(): void {
    void vscode.commands.executeCommand("setContext", "llm-ls.nextEditVisible", this.#shown !== undefined);
  }
}

/** `auto` is for the server to decide. */
function isWanted(): boolean {
  return vscode.workspace.getConfiguration("llm-ls").get("nextEdit.enabled") !== "off";
}
