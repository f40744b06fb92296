// Chat asks for a GitHub account before it asks any model, unless a setting says that it need not: offers to set it.

import * as vscode from "vscode";
import { command } from "../report.ts";
import { Unavailable } from "../server/failures.ts";
import { withMember } from "./jsonMember.ts";

const SETTING = "chat.allowAnonymousAccess";
const OFFERED = "anonymousAccessOffered";
const QUESTION =
  "Models of llm-ls can answer in Chat without @llm too. VS Code first asks for a GitHub account, " +
  `unless the setting ${SETTING} is on.`;

export class AnonymousAccess {
  readonly #memory: vscode.Memento;

  constructor(context: vscode.ExtensionContext) {
    this.#memory = context.globalState;
    context.subscriptions.push(command("llm-ls.allowAnonymousAccess", allow));
  }

  /** Once, and only where it is needed. */
  async offer(): Promise<void> {
    if (this.#memory.get(OFFERED) || !(await isNeeded())) {
      return;
    }
    await this.#memory.update(OFFERED, true);
    if (await vscode.window.showInformationMessage(QUESTION, "Turn It On")) {
      await vscode.commands.executeCommand("llm-ls.allowAnonymousAccess");
    }
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
}
