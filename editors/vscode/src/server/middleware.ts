// What is changed in the traffic between VS Code and the server: its settings, and how its texts are opened.

import * as vscode from "vscode";
import type { Middleware } from "vscode-languageclient/node";
import { configurationMiddleware } from "../settings/sending.ts";
import type { Server } from "./server.ts";

const OWN_SCHEME = "llm-ls";

export function createMiddleware(server: Server): Middleware {
  return {
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

/** An explanation is read as it was meant, not as Markdown source; all stay beside the code. */
async function openBeside(uri: vscode.Uri): Promise<boolean> {
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    if (document.languageId === "markdown") {
      await vscode.commands.executeCommand("markdown.showPreviewToSide", uri);
    } else {
      await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
    }
    return true;
  } catch {
    return false;
  }
}
