// Chat documents: Markdown in which the server answers. Their keys and buttons are there in such a document alone.

import * as vscode from "vscode";
import { isArgument } from "../commands.ts";
import { isKnown, toRange } from "../place.ts";
import { command } from "../report.ts";
import { Unavailable } from "../server/failures.ts";
import type { Server } from "../server/server.ts";
import { saysChat } from "./frontMatter.ts";

export function register(context: vscode.ExtensionContext, server: Server): void {
  const { window, workspace } = vscode;
  const mark = () => {
    const document = window.activeTextEditor?.document;
    void vscode.commands.executeCommand("setContext", "llm-ls.chatDocument", document && isChat(document));
  };
  context.subscriptions.push(
    command("llm-ls.chat", (given?: unknown) =>
      server.execute("llm-ls.chat", isArgument(given) ? given : whatIsSelected()),
    ),
    command("llm-ls.chat.send", (given?: unknown) =>
      server.execute(
        "llm-ls.chat.send",
        isArgument(given) ? given : { uri: chatHere().document.uri.toString() },
      ),
    ),
    command("llm-ls.chat.askAgain", () =>
      server.execute("llm-ls.chat.send", { uri: chatHere().document.uri.toString(), again: true }),
    ),
    command("llm-ls.chat.fork", () => {
      const { document, selection } = chatHere();
      return server.execute("llm-ls.chat", { uri: document.uri.toString(), range: toRange(selection) });
    }),
    window.onDidChangeActiveTextEditor(mark),
    workspace.onDidChangeTextDocument(
      ({ document }) => document === window.activeTextEditor?.document && mark(),
    ),
  );
  mark();
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
