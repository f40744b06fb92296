// Whether inline completion is on for a document: everywhere, for its language, and in this file.

import * as vscode from "vscode";

export type Level = "everywhere" | "language" | "file";

const SECTION = "llm-ls";
const ENABLED = "inlineCompletion.enabled";
const LANGUAGES = "inlineCompletion.disabledLanguages";

export class Switches implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  /** Those in which it is off, as long as the window is open. */
  readonly #files = new Set<string>();
  readonly #listening: vscode.Disposable;

  constructor() {
    this.#listening = vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${SECTION}.inlineCompletion`)) {
        this.#changed.fire();
      }
    });
  }

  dispose(): void {
    this.#listening.dispose();
    this.#changed.dispose();
  }

  /** Where it is off so that there is none in `document`, or, without one, at all; undefined if it is on. */
  off(document: vscode.TextDocument | undefined): Level | undefined {
    if (!isEnabled()) {
      return "everywhere";
    }
    if (!document) {
      return undefined;
    }
    if (this.#files.has(document.uri.toString())) {
      return "file";
    }
    return disabledLanguages().includes(document.languageId) ? "language" : undefined;
  }

  async toggleEverywhere(): Promise<void> {
    const settings = vscode.workspace.getConfiguration(SECTION);
    if (isEnabled()) {
      await settings.update(ENABLED, false, vscode.ConfigurationTarget.Global);
      return;
    }
    if (settings.inspect(ENABLED)?.workspaceValue === false) {
      await settings.update(ENABLED, undefined, vscode.ConfigurationTarget.Workspace);
    }
    await settings.update(ENABLED, true, vscode.ConfigurationTarget.Global);
  }

  async toggleLanguage({ languageId }: vscode.TextDocument): Promise<void> {
    const off = disabledLanguages();
    const others = off.filter((language) => language !== languageId);
    const changed = others.length < off.length ? others : [...off, languageId];
    const settings = vscode.workspace.getConfiguration(SECTION);
    await settings.update(LANGUAGES, changed, vscode.ConfigurationTarget.Global);
  }

  toggleFile({ uri }: vscode.TextDocument): void {
    if (!this.#files.delete(uri.toString())) {
      this.#files.add(uri.toString());
    }
    this.#changed.fire();
  }
}

/** As the server is told: a workspace may turn it off, not on. */
function isEnabled(): boolean {
  const { globalValue, workspaceValue } =
    vscode.workspace.getConfiguration(SECTION).inspect<boolean>(ENABLED) ?? {};
  return workspaceValue !== false && globalValue !== false;
}

function disabledLanguages(): string[] {
  return vscode.workspace.getConfiguration(SECTION).get<string[]>(LANGUAGES, []);
}
