// What a file is called: its path below the folder that is open.

import * as vscode from "vscode";

export function relativeName(uri: string): string {
  return vscode.workspace.asRelativePath(vscode.Uri.parse(uri));
}
