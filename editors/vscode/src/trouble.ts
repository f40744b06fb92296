// Says what is wrong with the server itself, whenever it is, with buttons for what can be done.

import * as vscode from "vscode";
import { command, tell } from "./report.ts";
import type { Server, ServerState } from "./server/server.ts";

const INSTALL = "uv tool install .";

export function register(context: vscode.ExtensionContext, server: Server): void {
  context.subscriptions.push(
    server.onDidChangeState(say),
    command("llm-ls.restart", () => server.restart()),
    command("llm-ls.copyInstallCommand", async () => {
      await vscode.env.clipboard.writeText(INSTALL);
      void vscode.window.showInformationMessage(
        `llm-ls: copied \`${INSTALL}\`. Run it in a clone of llm-ls, then try again.`,
      );
    }),
    command("llm-ls.setServerPath", () => setPath()),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("llm-ls.server.path")) {
        void server.restart().catch(() => undefined);
      }
    }),
  );
}

function say(state: ServerState): void {
  if (state.kind === "failed") {
    void tell(`llm-ls: ${state.sentence}`, state.reason);
  } else if (state.kind === "waiting") {
    void tell(`llm-ls: ${state.sentence}`, undefined, true);
  }
}

async function setPath(): Promise<void> {
  const settings = vscode.workspace.getConfiguration("llm-ls");
  const path = await vscode.window.showInputBox({
    title: "Where is llm-ls?",
    prompt: "The path of the program; empty looks for it on PATH.",
    value: settings.get("server.path", ""),
    ignoreFocusOut: true,
  });
  if (path !== undefined) {
    await settings.update("server.path", path.trim() || undefined, vscode.ConfigurationTarget.Global);
  }
}
