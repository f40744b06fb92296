// Asks what is to be changed, and remembers the last instructions of the workspace.

import * as vscode from "vscode";
import { remembered } from "./history.ts";

const KEY = "instructions";

export async function askInstruction(memory: vscode.Memento): Promise<string | undefined> {
  const earlier = memory.get<string[]>(KEY, []);
  const picker = vscode.window.createQuickPick();
  picker.title = "Edit with an instruction";
  picker.placeholder =
    earlier.length > 0 ? "What is to be changed? Or an earlier one:" : "What is to be changed?";
  const offer = (typed: string): void => {
    const matching = earlier.filter(
      (text) => text !== typed && text.toLowerCase().includes(typed.toLowerCase()),
    );
    picker.items = [
      ...(typed ? [{ label: typed, alwaysShow: true, iconPath: new vscode.ThemeIcon("sparkle") }] : []),
      ...matching.map((label) => ({ label, alwaysShow: true, iconPath: new vscode.ThemeIcon("history") })),
    ];
  };
  offer("");
  const instruction = await new Promise<string | undefined>((resolve) => {
    picker.onDidChangeValue((value) => offer(value.trim()));
    picker.onDidAccept(() => resolve(picker.activeItems[0]?.label ?? picker.value.trim()));
    picker.onDidHide(() => resolve(undefined));
    picker.show();
  });
  picker.dispose();
  if (!instruction) {
    return undefined;
  }
  void memory.update(KEY, remembered(earlier, instruction));
  return instruction;
}
