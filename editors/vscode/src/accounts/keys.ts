// API keys: typed into a box, tried, and given to the server, which keeps them. None is in a setting or a log.

import * as vscode from "vscode";
import type { ListedProvider } from "../messages.ts";
import { command } from "../report.ts";
import type { Server } from "../server/server.ts";
import { credentialText } from "./text.ts";

/** Failures that say nothing of the key. */
const UNREACHED = new Set(["connection", "timeout", "unavailable", "overloaded"]);

export function register(context: vscode.ExtensionContext, server: Server): void {
  context.subscriptions.push(
    command("llm-ls.addKey", () => addKey(server)),
    command("llm-ls.removeKey", () => removeKey(server)),
  );
}

async function addKey(server: Server): Promise<void> {
  const providers = await server.request("llm-ls/listProviders", {});
  const optional = (provider: ListedProvider): number => Number(provider.credential === "not_needed");
  const items = providers
    .toSorted((one, other) => optional(one) - optional(other))
    .map(({ id, name, credential }) => ({ label: name, description: credentialText(credential), id, name }));
  const provider = await vscode.window.showQuickPick(items, { title: "Whose API key do you want to add?" });
  if (!provider) {
    return;
  }
  const typed = await vscode.window.showInputBox({
    title: `API key of ${provider.name}`,
    prompt: "It is tried, and kept in the keyring of this machine, or else in a file that only you can read.",
    password: true,
    ignoreFocusOut: true,
  });
  const apiKey = typed?.trim();
  if (!apiKey) {
    return;
  }
  server.secrets.hide(apiKey);
  if (await isWanted(server, provider.id, provider.name, apiKey)) {
    const { store, encrypted } = await server.request("llm-ls/saveApiKey", { provider: provider.id, apiKey });
    const where =
      store === "keyring"
        ? "in the keyring"
        : encrypted
          ? "in an encrypted file"
          : "in a file, as plain text";
    void vscode.window.showInformationMessage(`llm-ls: the key of ${provider.name} is kept ${where}.`);
  }
}

/** Whether the key works, or is to be kept although it does not. */
async function isWanted(server: Server, provider: string, name: string, apiKey: string): Promise<boolean> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `llm-ls: trying the key of ${name}`,
  };
  const { ok, error } = await vscode.window.withProgress(options, () =>
    server.request("llm-ls/testProviderConnection", { provider, apiKey }),
  );
  if (ok) {
    return true;
  }
  const reached = !UNREACHED.has(error?.data?.kind ?? "");
  const outcome = reached ? "the key was tried and did not work." : "the key could not be tried.";
  const words = `llm-ls: ${outcome} ${error?.message ?? ""}`.trim();
  return (await vscode.window.showWarningMessage(words, "Keep It Anyway")) !== undefined;
}

async function removeKey(server: Server): Promise<void> {
  const saved = (await server.request("llm-ls/listSavedProviders", {})).filter(({ hasApiKey }) => hasApiKey);
  if (saved.length === 0) {
    void vscode.window.showInformationMessage("llm-ls keeps no key.");
    return;
  }
  const items = saved.map(({ provider, store }) => ({ label: provider, description: `in the ${store}` }));
  const chosen = await vscode.window.showQuickPick(items, { title: "Whose API key is to be removed?" });
  if (chosen) {
    await server.request("llm-ls/deleteApiKey", { provider: chosen.label });
    void vscode.window.showInformationMessage(`llm-ls: the key of ${chosen.label} is removed.`);
  }
}
