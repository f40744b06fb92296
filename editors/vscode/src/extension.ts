// The extension's beginning and end: it starts the server once a window is up, and stops it with the window.

import * as vscode from "vscode";
import * as chat from "./chat/register.ts";
import { openLog } from "./server/log.ts";
import { Secrets } from "./server/secrets.ts";
import { Server } from "./server/server.ts";

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const secrets = new Secrets();
  const log = openLog(secrets);
  server = new Server(log, secrets);
  context.subscriptions.push(
    log,
    vscode.commands.registerCommand("llm-ls.restart", () => server?.restart()),
  );
  chat.register(context, server);
  void server.start().catch(() => undefined);
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
