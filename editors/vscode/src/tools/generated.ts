// The tools of the server; written by tests/rigs/vscode_tools.py, not by hand.

export type Access = "read" | "propose" | "command";

/** By name, what a call can do. */
export const TOOLS: Readonly<Record<string, Access>> = {
  propose_edit: "propose",
};
