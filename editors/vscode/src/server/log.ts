// The output channel `llm-ls`: all that the extension, the language client and the server say, without secrets.

import * as vscode from "vscode";
import type { Secrets } from "./secrets.ts";

/** A channel like VS Code's own that redacts first; the language client traces messages, and so keys, into it. */
export function openLog(secrets: Secrets): vscode.LogOutputChannel {
  const channel = vscode.window.createOutputChannel("llm-ls", { log: true });
  const safe = (args: unknown[]): unknown[] => args.map((arg) => secrets.redact(String(arg)));
  return {
    name: channel.name,
    get logLevel() {
      return channel.logLevel;
    },
    onDidChangeLogLevel: channel.onDidChangeLogLevel,
    append: (value) => channel.append(secrets.redact(value)),
    appendLine: (value) => channel.appendLine(secrets.redact(value)),
    replace: (value) => channel.replace(secrets.redact(value)),
    trace: (message, ...args) => channel.trace(secrets.redact(message), ...safe(args)),
    debug: (message, ...args) => channel.debug(secrets.redact(message), ...safe(args)),
    info: (message, ...args) => channel.info(secrets.redact(message), ...safe(args)),
    warn: (message, ...args) => channel.warn(secrets.redact(message), ...safe(args)),
    error: (message, ...args) =>
      channel.error(
        secrets.redact(message instanceof Error ? (message.stack ?? message.message) : message),
        ...safe(args),
      ),
    clear: () => channel.clear(),
    show: () => channel.show(true),
    hide: () => channel.hide(),
    dispose: () => channel.dispose(),
  };
}
