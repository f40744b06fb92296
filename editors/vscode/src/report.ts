// Tells the user of a failure in one sentence, with a button for what can be done about it.

import * as vscode from "vscode";
import { kindOf, sentence, Unavailable } from "./server/failures.ts";

const REMEDIES: Readonly<Record<string, readonly (readonly [label: string, command: string])[]>> = {
  missing_credentials: [
    ["Add API Key", "llm-ls.addKey"],
    ["Sign In", "llm-ls.signIn"],
  ],
  authentication: [["Add API Key", "llm-ls.addKey"]],
  sign_in_required: [["Sign In", "llm-ls.signIn"]],
  not_found: [["Choose Model", "llm-ls.selectModel"]],
  quota_exceeded: [["Choose Model", "llm-ls.selectModel"]],
  budget_exceeded: [["Open Settings", "llm-ls.openSettings"]],
  settings: [["Open Settings", "llm-ls.openSettings"]],
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
};
const OTHERWISE = [["Show Log", "llm-ls.showLog"]] as const;

export async function report(error: unknown): Promise<void> {
  const text = sentence(error);
  if (text === undefined) {
    return;
  }
  if (error instanceof Unavailable && !error.reason) {
    await vscode.window.showWarningMessage(`llm-ls: ${text}`);
  } else {
    await tell(`llm-ls: ${text}`, kindOf(error));
  }
}

/** Says what is wrong and offers the remedies for that `kind`. */
export async function tell(text: string, kind: string | undefined, warning = false): Promise<void> {
  const remedies = REMEDIES[kind ?? ""] ?? OTHERWISE;
  const labels = remedies.map(([label]) => label);
  const chosen = warning
    ? await vscode.window.showWarningMessage(text, ...labels)
    : await vscode.window.showErrorMessage(text, ...labels);
  const remedy = remedies.find(([label]) => label === chosen);
  if (remedy) {
    await vscode.commands.executeCommand(remedy[1]);
  }
}

/** What can be done about it, as labels and commands. */
export function remediesFor(error: unknown): readonly (readonly [label: string, command: string])[] {
  return REMEDIES[kindOf(error) ?? ""] ?? OTHERWISE;
}

/** A command whose failure is told. */
export function command(
  id: string,
  // biome-ignore lint/suspicious/noExplicitAny: what a menu or a code action passes is not known here
  run: (...args: any[]) => unknown,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...args) => {
    try {
      return await run(...args);
    } catch (error) {
      void report(error);
      return undefined;
    }
  });
}
