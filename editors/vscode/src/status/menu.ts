// What a click on the status bar offers.

import * as vscode from "vscode";
import { TOGGLES } from "../inlineCompletion/commands.ts";
import type { Level, Switches } from "../inlineCompletion/switches.ts";
import { toggleWords } from "../inlineCompletion/words.ts";
import { command } from "../report.ts";
import type { Review } from "../review/review.ts";
import type { Server } from "../server/server.ts";
import type { StatusBar } from "./bar.ts";

interface Entry extends vscode.QuickPickItem {
  command?: string;
}

export function register(
  context: vscode.ExtensionContext,
  server: Server,
  bar: StatusBar,
  review: Review,
  switches: Switches,
): void {
  context.subscriptions.push(
    command("llm-ls.menu", async () => {
      const items = server.state.kind === "running" ? whileRunning(bar, review, switches) : whileNot(server);
      const chosen = await vscode.window.showQuickPick(items, { title: "llm-ls" });
      return chosen?.command && vscode.commands.executeCommand(chosen.command);
    }),
    command("llm-ls.openSettings", () =>
      vscode.commands.executeCommand("workbench.action.openSettings", `@ext:${context.extension.id}`),
    ),
    command("llm-ls.openWalkthrough", () =>
      vscode.commands.executeCommand("workbench.action.openWalkthrough", `${context.extension.id}#start`),
    ),
    command("llm-ls.showLog", () => server.log.show(true)),
  );
}

function whileRunning(bar: StatusBar, review: Review, switches: Switches): Entry[] {
  const { status } = bar;
  const waiting = review.pending.all.length;
  const stop = status?.busy ? [entry("debug-stop", "Stop", "llm-ls.cancel", status.message)] : [];
  const pending =
    waiting > 0 ? [entry("diff", "Pending edits", "llm-ls.review.pending", String(waiting))] : [];
  const trouble =
    status && status.kind !== "normal" && !status.busy
      ? [entry("warning", status.message, "llm-ls.status")]
      : [];
  return [
    ...trouble,
    ...stop,
    ...pending,
    entry("sparkle", "Choose the model", "llm-ls.selectModel", status?.model),
    entry("edit", "Edit with an instruction", "llm-ls.edit"),
    entry("history", "Open a conversation", "llm-ls.openConversation"),
    entry("comment-discussion", "New chat document", "llm-ls.chat"),
    entry("graph", "Usage", "llm-ls.usage"),
    separator("Inline completion"),
    ...toggles(switches),
    separator("Accounts"),
    entry("sign-in", "Sign in", "llm-ls.signIn"),
    entry("key", "Add an API key", "llm-ls.addKey"),
    entry("account", "Accounts and keys", "llm-ls.accounts"),
    separator("llm-ls"),
    ...general(),
  ];
}

/** Where inline completion can be turned off; or, where it is off, on again. */
function toggles(switches: Switches): Entry[] {
  const document = vscode.window.activeTextEditor?.document;
  const off = switches.off(document);
  const levels: Level[] = off ? [off] : document ? ["file", "language", "everywhere"] : ["everywhere"];
  return levels.map((level) => {
    const label = toggleWords(level, off !== undefined, document?.languageId ?? "");
    return entry(off ? "eye" : "eye-closed", label, TOGGLES[level]);
  });
}

function whileNot(server: Server): Entry[] {
  const { state } = server;
  const reason = "sentence" in state ? [entry("error", state.sentence, "llm-ls.showLog")] : [];
  return [
    ...reason,
    entry("folder", "Set the path of the server", "llm-ls.setServerPath"),
    entry("copy", "Copy the install command", "llm-ls.copyInstallCommand"),
    ...general(),
  ];
}

function general(): Entry[] {
  return [
    entry("gear", "Settings", "llm-ls.openSettings"),
    entry("output", "Log", "llm-ls.showLog"),
    entry("debug-restart", "Restart the server", "llm-ls.restart"),
    entry("book", "Get started", "llm-ls.openWalkthrough"),
    entry("bug", "Copy diagnostics", "llm-ls.copyDiagnostics"),
  ];
}

function entry(icon: string, label: string, id: string, description?: string): Entry {
  return { label: `$(${icon}) ${label}`, command: id, ...(description ? { description } : {}) };
}

function separator(label: string): Entry {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}
