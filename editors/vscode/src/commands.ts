// The server's commands as VS Code's: from code actions with their arguments, from the palette about the selection.

import * as vscode from "vscode";
import { activeEditor, placeOf } from "./place.ts";
import { command } from "./report.ts";
import type { Server } from "./server/server.ts";

const ABOUT_TEXT = ["fix", "explain", "document", "test", "complete", "nextEdit"];
const AS_THEY_ARE = [
  "prompt",
  "accept",
  "acceptHunk",
  "reject",
  "diff",
  "retry",
  "cancel",
  "status",
  "usage",
];

/** There from the start, so that a command asked for too early waits for the server, or says why there is none. */
export function register(context: vscode.ExtensionContext, server: Server): void {
  for (const name of ABOUT_TEXT) {
    const id = `llm-ls.${name}`;
    context.subscriptions.push(
      command(id, (given?: unknown) =>
        server.execute(id, isArgument(given) ? given : placeOf(activeEditor())),
      ),
    );
  }
  for (const name of AS_THEY_ARE) {
    const id = `llm-ls.${name}`;
    context.subscriptions.push(
      command(id, (given?: unknown) => server.execute(id, isArgument(given) ? given : {})),
    );
  }
  context.subscriptions.push(
    server.onDidChangeState(({ kind }) => kind === "running" && registerOthers(context, server)),
  );
}

/** Whether a command was given an argument as a code action carries it; a menu passes the uri of what it stands on. */
export function isArgument(given: unknown): given is object {
  return typeof given === "object" && given !== null && !(given instanceof vscode.Uri);
}

/** Commands that a newer server has; those that it answers for other clients may be another extension's here. */
async function registerOthers(context: vscode.ExtensionContext, server: Server): Promise<void> {
  const listed = server.client?.initializeResult?.capabilities.executeCommandProvider?.commands ?? [];
  const known = new Set(await vscode.commands.getCommands());
  for (const id of listed.filter((name) => name.startsWith("llm-ls.") && !known.has(name))) {
    context.subscriptions.push(
      command(id, (given?: unknown) => server.execute(id, isArgument(given) ? given : {})),
    );
  }
}
