// The extension's beginning and end: it starts the server once a window is up, and stops it with the window.

import type * as vscode from "vscode";
import * as keys from "./accounts/keys.ts";
import * as signIn from "./accounts/signIn.ts";
import * as chat from "./chat/register.ts";
import * as commands from "./commands.ts";
import * as commit from "./commit.ts";
import * as conversations from "./conversations/register.ts";
import * as diagnostics from "./diagnostics.ts";
import * as edit from "./edit.ts";
import * as toggles from "./inlineCompletion/commands.ts";
import { Suggesting } from "./inlineCompletion/suggesting.ts";
import { Switches } from "./inlineCompletion/switches.ts";
import * as picker from "./models/picker.ts";
import { NextEdits } from "./nextEdit/nextEdits.ts";
import { rememberEditor } from "./place.ts";
import * as reviewCommands from "./review/commands.ts";
import { Review } from "./review/review.ts";
import { openLog } from "./server/log.ts";
import { Questions } from "./server/questions.ts";
import { Secrets } from "./server/secrets.ts";
import { Server } from "./server/server.ts";
import { watchProxy } from "./settings/sending.ts";
import { StatusBar } from "./status/bar.ts";
import * as menu from "./status/menu.ts";
import * as nativeTools from "./tools/native.ts";
import * as trouble from "./trouble.ts";

let server: Server | undefined;

export function activate(context: vscode.ExtensionContext): void {
  const secrets = new Secrets();
  const log = openLog(secrets);
  server = new Server(log, secrets);
  const questions = new Questions(server);
  const switches = new Switches();
  context.subscriptions.push(log, switches, watchProxy(server), rememberEditor());
  const review = new Review(context, server);
  const bar = new StatusBar(context, server, switches, questions);
  trouble.register(context, server);
  commands.register(context, server);
  edit.register(context, server, review);
  reviewCommands.register(context, review);
  toggles.register(context, switches);
  new Suggesting(context, server, switches);
  new NextEdits(context, server, switches);
  menu.register(context, server, bar, review, switches);
  picker.register(context, server, bar);
  signIn.register(context, server);
  keys.register(context, server);
  commit.register(context, server);
  diagnostics.register(context, server, bar);
  chat.register(context, server, questions);
  conversations.register(context, server);
  nativeTools.register(context, server);
  void server.start().catch(() => undefined);
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
