// Chat asks for a GitHub account before it asks any model, unless a setting says that it need not: offers to set it.

import * as vscode from "vscode";
import { command } from "../report.ts";
import { Unavailable } from "../server/failures.ts";
import { withMember } from "./jsonMember.ts";

const SETTING = "chat.allowAnonymousAccess";
const OFFERED = "anonymousAccessOffered";
const DONE =
  "llm-ls: Chat now asks its models without @llm and without a GitHub account. It went into your settings.";

export const ALLOW: vscode.Command = {
  command: "llm-ls.allowAnonymousAccess",
  title: "Use These Models Without @llm, and Without a GitHub Account",
};

export class AnonymousAccess {
  readonly #memory: vscode.Memento;

  constructor(context: vscode.ExtensionContext) {
    this.#memory = context.globalState;
    context.subscriptions.push(command(ALLOW.command, allow));
  }

  /** Whether to offer it now: once, and only where it is needed. */
  async isDue(): Promise<boolean> {
    if (this.#memory.get(OFFERED) || !(await isNeeded())) {
      return false;
    }
    await this.#memory.update(OFFERED, true);
    return true;
  }
}

async function isNeeded(): Promise<boolean> {
  const isOn = vscode.workspace.getConfiguration().get(SETTING) === true;
  return !isOn && (await vscode.authentication.getAccounts("github")).length === 0;
}

/** In the settings file, before the user's eyes: VS Code 1.139 hides the setting, and lets no extension set it. */
async function allow(): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.openSettingsJson");
  const editor = vscode.window.activeTextEditor;
  const change = editor && withMember(editor.document.getText(), SETTING, true);
  if (!change) {
    throw new Unavailable(`Add "${SETTING}": true to your settings by hand; their file cannot be read.`);
  }
  const { start, end, text } = change;
  const at = new vscode.Range(editor.document.positionAt(start), editor.document.positionAt(end));
  await editor.edit((edit) => edit.replace(at, text));
  await vscode.commands.executeCommand("workbench.action.files.save");
  void vscode.window.showInformationMessage(DONE);
}
