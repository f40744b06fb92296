// What is changed in the traffic between VS Code and the server: its settings, and how its texts are opened.

import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import { configurationMiddleware } from "../settings/sending.ts";
import type { Server } from "./server.ts";

const OWN_SCHEME = "llm-ls";

export function createMiddleware(server: Server): Middleware {
  return {
    ...server.inlineCompletion,
    workspace: configurationMiddleware(server),
    window: {
      showDocument: async (params, token, next) => {
        const uri = vscode.Uri.parse(params.uri);
        if (params.external === true || uri.scheme !== OWN_SCHEME) {
          return next(params, token);
        }
        return { success: await openBeside(uri) };
      },
    },
  };
}

/** Markdown is shown as it was meant, not as source. The cursor stays in the code, and one tab takes all answers. */
async function openBeside(uri: vscode.Uri): Promise<boolean> {
  const code = vscode.window.activeTextEditor;
  const column = code?.viewColumn ?? vscode.ViewColumn.One;
  const options = { viewColumn: column + 1, preserveFocus: true, preview: true };
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    const view = document.languageId === "markdown" ? "vscode.markdown.preview.editor" : "default";
    await vscode.commands.executeCommand("vscode.openWith", uri, view, options);
    if (code && code.document.uri.scheme !== "vscode-notebook-cell") {
      // A preview makes its group the active one though it is told to leave the focus (VS Code 1.139).
      await vscode.window.showTextDocument(code.document, { viewColumn: column });
    }
    return true;
  } catch {
    return false;
  }
}
