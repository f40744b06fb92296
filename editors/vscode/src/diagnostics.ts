// `llm-ls.copyDiagnostics`: what a report of a fault needs, without a key, a setting's value or any text of the user's.

import * as vscode from "vscode";
import { command } from "./report.ts";
import type { Server } from "./server/server.ts";
import { NAMES } from "./settings/generated.ts";
import type { StatusBar } from "./status/bar.ts";

export function register(context: vscode.ExtensionContext, server: Server, bar: StatusBar): void {
  context.subscriptions.push(
    command("llm-ls.copyDiagnostics", async () => {
      await vscode.env.clipboard.writeText(diagnostics(context, server, bar));
      void vscode.window.showInformationMessage("llm-ls: the diagnostics are on the clipboard.");
    }),
  );
}

function diagnostics(context: vscode.ExtensionContext, server: Server, bar: StatusBar): string {
  const { state, features } = server;
  const settings = vscode.workspace.getConfiguration("llm-ls");
  const set = NAMES.filter((name) => settings.inspect(name)?.globalValue !== undefined);
  const extension: { version?: string } = context.extension.packageJSON;
  return [
    `extension: ${extension.version}`,
    `VS Code: ${vscode.version}, ${vscode.env.appName}, ${process.platform} ${process.arch}`,
    `remote: ${vscode.env.remoteName ?? "no"}, trusted: ${vscode.workspace.isTrusted}`,
    `server: ${state.kind}${"sentence" in state ? `: ${state.sentence}` : ""}`,
    `server version: ${features?.version ?? "unknown"}`,
    `server started as: ${server.launched ?? "not started"}`,
    `model: ${bar.status?.model ?? "none"}`,
    `status: ${bar.status?.message ?? "unknown"}`,
    `settings that are set: ${set.join(", ") || "none"}`,
    `methods: ${features?.methods.join(", ") ?? "unknown"}`,
    "",
    "More: run `llm-ls doctor` in a terminal.",
  ].join("\n");
}
