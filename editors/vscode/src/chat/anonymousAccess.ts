// Chat asks for a GitHub account before it asks any model, unless a setting says that it need not: offers to set it.

import * as vscode from "vscode";

const COMMAND = "llm-ls.allowAnonymousAccess";
const SETTING = "allowAnonymousAccess";
const OFFERED = "anonymousAccessOffered";
const QUESTION =
  "Models of llm-ls can answer in Chat without @llm too. VS Code first asks for a GitHub account, " +
  "unless the setting chat.allowAnonymousAccess is on.";

export class AnonymousAccess {
  readonly #memory: vscode.Memento;

  constructor(context: vscode.ExtensionContext) {
    this.#memory = context.globalState;
    context.subscriptions.push(vscode.commands.registerCommand(COMMAND, () => this.#allow()));
  }

  /** Once, and only where it is needed. */
  async offer(): Promise<void> {
    if (this.#memory.get(OFFERED) || !(await isNeeded())) {
      return;
    }
    await this.#memory.update(OFFERED, true);
    if (await vscode.window.showInformationMessage(QUESTION, "Turn It On")) {
      await this.#allow();
    }
  }

  async #allow(): Promise<void> {
    await chat().update(SETTING, true, vscode.ConfigurationTarget.Global);
  }
}

async function isNeeded(): Promise<boolean> {
  const known = chat().inspect(SETTING)?.defaultValue !== undefined;
  if (!known || chat().get(SETTING) === true) {
    return false;
  }
  return (await vscode.authentication.getAccounts("github")).length === 0;
}

function chat(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration("chat");
}
