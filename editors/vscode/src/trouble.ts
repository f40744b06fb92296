// Says what is wrong with the server itself, whenever it is, with buttons for what can be done.

import * as vscode from "vscode";
import { command } from "./report.ts";
import type { Server, ServerState } from "./server/server.ts";

const INSTALL = "uv tool install llm-ls";
const BUTTONS = {
  missing: [
    ["Copy Install Command", "llm-ls.copyInstallCommand"],
    ["Open Guide", "llm-ls.openWalkthrough"],
    ["Set Path", "llm-ls.setServerPath"],
    ["Try Again", "llm-ls.restart"],
  ],
  foreign: [
    ["Set Path", "llm-ls.setServerPath"],
    ["Open Guide", "llm-ls.openWalkthrough"],
    ["Try Again", "llm-ls.restart"],
  ],
  crashed: [
    ["Restart", "llm-ls.restart"],
    ["Show Log", "llm-ls.showLog"],
  ],
  waiting: [["Show Log", "llm-ls.showLog"]],
} as const;

export function register(context: vscode.ExtensionContext, server: Server): void {
  context.subscriptions.push(
    server.onDidChangeState((state) => void tell(state)),
    command("llm-ls.restart", () => server.restart()),
    command("llm-ls.copyInstallCommand", async () => {
      await vscode.env.clipboard.writeText(INSTALL);
      void vscode.window.showInformationMessage(
        `llm-ls: copied \`${INSTALL}\`. Run it in a terminal, then try again.`,
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

async function tell(state: ServerState): Promise<void> {
  if (state.kind !== "failed" && state.kind !== "waiting") {
    return;
  }
  const buttons = state.kind === "waiting" ? BUTTONS.waiting : BUTTONS[state.reason];
  const labels = buttons.map(([label]) => label);
  const chosen =
    state.kind === "waiting"
      ? await vscode.window.showWarningMessage(state.sentence, ...labels)
      : await vscode.window.showErrorMessage(state.sentence, ...labels);
  const button = buttons.find(([label]) => label === chosen);
  if (button) {
    await vscode.commands.executeCommand(button[1]);
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
