// The tools of the server; written by tests/rigs/vscode_tools.py, not by hand.

export type Access = "read" | "propose" | "command";

/** By name, what a call can do. */
export const TOOLS: Readonly<Record<string, Access>> = {
  read_file: "read",
  list_files: "read",
  search_text: "read",
  find_symbols: "read",
  diagnostics: "read",
  git_diff: "read",
  git_log: "read",
  propose_edit: "propose",
  run_command: "command",
};
