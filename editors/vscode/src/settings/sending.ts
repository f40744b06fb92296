// Tells the server its settings, when it asks and whenever one changes.

import * as vscode from "vscode";
import type { ConfigurationMiddleware, DidChangeConfigurationMiddleware } from "vscode-languageclient/node";
import type { Server } from "../server/server.ts";
import { settingsToSend } from "./toSend.ts";

const CHANGED = "workspace/didChangeConfiguration";

/** Answers `workspace/configuration`, and lets a change be told without values: the server then asks. */
export function configurationMiddleware(
  server: Server,
): ConfigurationMiddleware & DidChangeConfigurationMiddleware {
  return {
    configuration: (params) => params.items.map(({ section }) => (section === "llm-ls" ? current() : null)),
    didChangeConfiguration: async () => server.client?.sendNotification(CHANGED, { settings: null }),
  };
}

/** Tells of what the language client does not: VS Code's own proxy. */
export function watchProxy(server: Server): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (event.affectsConfiguration("http.proxy") || event.affectsConfiguration("http.proxySupport")) {
      void server.client?.sendNotification(CHANGED, { settings: null });
    }
  });
}

function current(): object {
  const own = vscode.workspace.getConfiguration("llm-ls");
  const http = vscode.workspace.getConfiguration("http");
  return settingsToSend((name) => own.inspect(name), {
    url: http.inspect<string>("proxy")?.globalValue,
    support: http.get<string>("proxySupport"),
  });
}
