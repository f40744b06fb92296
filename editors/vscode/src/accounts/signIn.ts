// Signing in and out. The server leads through it with messages; here is chosen where, and a line typed for it.

import * as vscode from "vscode";
import { isArgument } from "../commands.ts";
import type { AuthStatus } from "../messages.ts";
import { command } from "../report.ts";
import type { Server } from "../server/server.ts";
import { accountText } from "./text.ts";

export function register(context: vscode.ExtensionContext, server: Server): void {
  server.onRequest<{ prompt: string }>("llm-ls/input", ({ prompt }, token) => ask(server, prompt, token));
  context.subscriptions.push(
    command("llm-ls.signIn", async (given?: unknown) => {
      if (isArgument(given) && "provider" in given && given.provider) {
        return server.execute("llm-ls.signIn", given);
      }
      const provider = await chooseProvider(server);
      return provider && signIn(server, provider, false);
    }),
    command("llm-ls.signOut", async (given?: unknown) => {
      if (isArgument(given) && "provider" in given && given.provider) {
        return server.execute("llm-ls.signOut", given);
      }
      return signOut(server);
    }),
    command("llm-ls.accounts", () => showAccounts(server)),
  );
}

/** One line for the server. What looks like a code or a token is kept out of the log. */
async function ask(
  server: Server,
  prompt: string,
  token: vscode.CancellationToken,
): Promise<{ text: string } | null> {
  const text = await vscode.window.showInputBox({ prompt, ignoreFocusOut: true, title: "llm-ls" }, token);
  if (text && !/\s/.test(text.trim())) {
    server.secrets.hide(text.trim());
  }
  return text ? { text } : null;
}

async function chooseProvider(server: Server): Promise<string | undefined> {
  const [providers, accounts] = await Promise.all([
    server.request("llm-ls/listProviders", {}),
    server.request("llm-ls/authStatus", {}),
  ]);
  const byProvider = new Map(accounts.map((account) => [account.provider, account]));
  const items = providers
    .filter(({ signInMethods }) => signInMethods.length > 0)
    .map(({ id, name }) => {
      const account = byProvider.get(id);
      return {
        label: name,
        description: account && account.source !== "none" ? accountText(account) : "",
        id,
      };
    });
  const chosen = await vscode.window.showQuickPick(items, { title: "Where do you want to sign in?" });
  return chosen?.id;
}

async function signIn(server: Server, provider: string, again: boolean): Promise<void> {
  const options = { location: vscode.ProgressLocation.Notification, title: "llm-ls", cancellable: true };
  const { status, account } = await vscode.window.withProgress(options, (progress, token) => {
    progress.report({ message: `signing in to ${provider}` });
    return server.work("llm-ls/signIn", { provider, ...(again ? { again } : {}) }, token, (work) => {
      const message = work.kind === "end" ? undefined : work.message;
      if (message) {
        progress.report({ message });
      }
    });
  });
  if (status === "alreadySignedIn") {
    const as = account ? ` as ${account}` : "";
    const words = `llm-ls: you are signed in to ${provider}${as} already.`;
    if (await vscode.window.showInformationMessage(words, "Sign In Again")) {
      await signIn(server, provider, true);
    }
  }
}

async function signOut(server: Server): Promise<void> {
  const accounts = (await server.request("llm-ls/authStatus", {})).filter(({ source }) => source === "oauth");
  if (accounts.length === 0) {
    void vscode.window.showInformationMessage("llm-ls: you are signed in nowhere.");
    return;
  }
  const items = accounts.map((account) => ({ label: account.provider, description: accountText(account) }));
  const chosen = await vscode.window.showQuickPick(items, { title: "Where do you want to sign out?" });
  if (chosen) {
    await server.request("llm-ls/signOut", { provider: chosen.label });
    void vscode.window.showInformationMessage(`llm-ls is signed out of ${chosen.label}.`);
  }
}

async function showAccounts(server: Server): Promise<void> {
  const accounts = await server.request("llm-ls/authStatus", {});
  const held = accounts.filter(({ source }) => source !== "none" && source !== "not_needed");
  const items = [
    ...held.map((account) => ({
      label: account.provider,
      description: accountText(account),
      ...(account.tool ? { detail: account.tool } : {}),
      command: remedyOf(account),
    })),
    { label: "$(sign-in) Sign in…", command: "llm-ls.signIn" },
    { label: "$(key) Add an API key…", command: "llm-ls.addKey" },
  ];
  const chosen = await vscode.window.showQuickPick(items, { title: "Accounts and keys" });
  if (chosen) {
    await vscode.commands.executeCommand(chosen.command);
  }
}

function remedyOf({ source }: AuthStatus): string {
  switch (source) {
    case "oauth":
      return "llm-ls.signOut";
    case "keyring":
    case "file":
      return "llm-ls.removeKey";
    default:
      return "llm-ls.signIn";
  }
}
