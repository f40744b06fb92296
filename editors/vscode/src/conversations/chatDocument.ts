// Chat documents: Markdown in which the server answers. Their keys and buttons are there in such a document alone.

import * as vscode from "vscode";
import { isArgument } from "../commands.ts";
import { isKnown, toRange } from "../place.ts";
import { command } from "../report.ts";
import { Unavailable } from "../server/failures.ts";
import type { Server } from "../server/server.ts";
import { saysChat } from "./frontMatter.ts";

/** What the server writes below an answer. */
const NEXT = /\n## You\n\n\n$/;

export function register(context: vscode.ExtensionContext, server: Server): void {
  const { window, workspace } = vscode;
  const following = new Following();
  const send = (again: boolean) => {
    const { document } = chatHere();
    following.begin(document);
    return server.execute("llm-ls.chat.send", { uri: document.uri.toString(), ...(again && { again }) });
  };
  const mark = () => {
    const document = window.activeTextEditor?.document;
    void vscode.commands.executeCommand("setContext", "llm-ls.chatDocument", document && isChat(document));
  };
  context.subscriptions.push(
    command("llm-ls.chat", (given?: unknown) =>
      server.execute("llm-ls.chat", isArgument(given) ? given : whatIsSelected()),
    ),
    command("llm-ls.chat.send", (given?: unknown) =>
      isArgument(given) ? server.execute("llm-ls.chat.send", given) : send(false),
    ),
    command("llm-ls.chat.askAgain", () => send(true)),
    command("llm-ls.chat.fork", () => {
      const { document, selection } = chatHere();
      return server.execute("llm-ls.chat", { uri: document.uri.toString(), range: toRange(selection) });
    }),
    following,
    window.onDidChangeActiveTextEditor(mark),
    workspace.onDidChangeTextDocument(
      ({ document }) => document === window.activeTextEditor?.document && mark(),
    ),
  );
  mark();
}

/** Brings the cursor to where the next question belongs once there is an answer, unless the user has moved it. */
class Following implements vscode.Disposable {
  readonly #waiting = new Set<vscode.TextDocument>();
  readonly #listening = vscode.Disposable.from(
    vscode.workspace.onDidChangeTextDocument(({ document }) => this.#changed(document)),
    vscode.workspace.onDidCloseTextDocument((document) => this.#waiting.delete(document)),
    vscode.window.onDidChangeTextEditorSelection(({ kind, textEditor }) => {
      if (kind !== undefined && kind !== vscode.TextEditorSelectionChangeKind.Command) {
        this.#waiting.delete(textEditor.document);
      }
    }),
  );

  begin(document: vscode.TextDocument): void {
    this.#waiting.add(document);
  }

  dispose(): void {
    this.#listening.dispose();
  }

  #changed(document: vscode.TextDocument): void {
    const editor = vscode.window.visibleTextEditors.find((visible) => visible.document === document);
    if (editor && this.#waiting.has(document) && NEXT.test(document.getText().replaceAll("\r\n", "\n"))) {
      this.#waiting.delete(document);
      const below = new vscode.Position(document.lineCount - 2, 0);
      editor.selection = new vscode.Selection(below, below);
      editor.revealRange(new vscode.Range(below, below));
    }
  }
}

/** What a new chat is about. */
function whatIsSelected(): object {
  const editor = vscode.window.activeTextEditor;
  return editor && !editor.selection.isEmpty && isKnown(editor.document.uri) && !isChat(editor.document)
    ? { uri: editor.document.uri.toString(), range: toRange(editor.selection) }
    : {};
}

function chatHere(): vscode.TextEditor {
  const editor = vscode.window.activeTextEditor;
  if (!editor || !isChat(editor.document)) {
    throw new Unavailable("This is for chat documents. Open one with New Chat Document.");
  }
  return editor;
}

function isChat(document: vscode.TextDocument): boolean {
  return document.languageId === "markdown" && saysChat((line) => lineAt(document, line));
}

function lineAt(document: vscode.TextDocument, line: number): string | undefined {
  return line < document.lineCount ? document.lineAt(line).text : undefined;
}
