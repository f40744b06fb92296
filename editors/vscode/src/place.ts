// The text that a command is about: the selection of an editor, with every problem that is known there.

import * as vscode from "vscode";
import type { Diagnostic, Range } from "./messages.ts";
import { Unavailable } from "./server/failures.ts";

const SCHEMES = ["file", "untitled", "vscode-notebook-cell"];

export interface Place {
  uri: string;
  range: Range;
  diagnostics: Diagnostic[];
}

let last: vscode.TextEditor | undefined;

/** Remembers the editor that was used last: an answer that opens beside the text takes the focus. */
export function rememberEditor(): vscode.Disposable {
  last = vscode.window.activeTextEditor;
  return vscode.window.onDidChangeActiveTextEditor((editor) => {
    last = editor ?? last;
  });
}

/** The editor that is used, or was last and is still there. Throws a sentence if the server does not know its text. */
export function activeEditor(): vscode.TextEditor {
  const { activeTextEditor, visibleTextEditors } = vscode.window;
  const editor = activeTextEditor ?? visibleTextEditors.find((visible) => visible === last);
  if (!editor) {
    throw new Unavailable("Open a file first, and put the cursor where something is to be done.");
  }
  if (!isKnown(editor.document.uri)) {
    throw new Unavailable("This works in files, untitled documents and notebooks; not here.");
  }
  return editor;
}

/** Whether the server is told of the document. */
export function isKnown({ scheme }: vscode.Uri): boolean {
  return SCHEMES.includes(scheme);
}

export function placeOf(editor: vscode.TextEditor): Place {
  const { document, selection } = editor;
  const here = selection.isEmpty ? document.lineAt(selection.active.line).range : selection;
  return {
    uri: document.uri.toString(),
    range: toRange(selection),
    diagnostics: diagnosticsIn(document.uri, here),
  };
}

/** Every problem that is known there, whoever found it. */
export function diagnosticsIn(uri: vscode.Uri, range: vscode.Range): Diagnostic[] {
  const problems = vscode.languages.getDiagnostics(uri);
  return problems.filter((problem) => problem.range.intersection(range) !== undefined).map(toDiagnostic);
}

export function toRange(range: vscode.Range): Range {
  const { start, end } = range;
  return {
    start: { line: start.line, character: start.character },
    end: { line: end.line, character: end.character },
  };
}

export function fromRange({ start, end }: Range): vscode.Range {
  return new vscode.Range(start.line, start.character, end.line, end.character);
}

function toDiagnostic({ range, message, severity, source, code }: vscode.Diagnostic): Diagnostic {
  const known = typeof code === "object" ? code.value : code;
  return {
    range: toRange(range),
    message,
    severity: (severity + 1) as 1 | 2 | 3 | 4,
    ...(source ? { source } : {}),
    ...(known !== undefined ? { code: known } : {}),
  };
}
