// The commands that turn inline completion off and on.

import type * as vscode from "vscode";
import { activeEditor } from "../place.ts";
import { command } from "../report.ts";
import type { Level, Switches } from "./switches.ts";

export const TOGGLES: Readonly<Record<Level, string>> = {
  everywhere: "llm-ls.inlineCompletion.toggle",
  language: "llm-ls.inlineCompletion.toggleLanguage",
  file: "llm-ls.inlineCompletion.toggleFile",
};

export function register(context: vscode.ExtensionContext, switches: Switches): void {
  context.subscriptions.push(
    command("llm-ls.inlineCompletion.toggle", () => switches.toggleEverywhere()),
    command("llm-ls.inlineCompletion.toggleLanguage", () => switches.toggleLanguage(activeEditor().document)),
    command("llm-ls.inlineCompletion.toggleFile", () => switches.toggleFile(activeEditor().document)),
  );
}
