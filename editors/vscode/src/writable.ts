// Whether a document can be changed, asked before a model is paid for it and before an edit is made.

import { stat } from "node:fs/promises";
import * as vscode from "vscode";

const ANYBODY_MAY_WRITE = 0o222;

/** Why `uri` cannot be written, in a sentence; undefined if it can. */
export async function refusalToWrite(uri: vscode.Uri): Promise<string | undefined> {
  if (uri.scheme !== "file") {
    return undefined;
  }
  const name = vscode.workspace.asRelativePath(uri);
  const mode = await stat(uri.fsPath).then(
    (found) => found.mode,
    () => ANYBODY_MAY_WRITE,
  );
  return (mode & ANYBODY_MAY_WRITE) === 0
    ? `${name} is read-only, so nothing was changed. Make it writable, or save it under another name.`
    : undefined;
}
