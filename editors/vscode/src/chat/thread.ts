// What a question in Chat carries: what was said before it, and what the user attached.

import * as vscode from "vscode";
import type { ContextItem, Message } from "../messages.ts";
import { diagnosticsIn, toRange } from "../place.ts";

/** What an answer leaves behind for the questions after it. */
export interface Attached {
  item: ContextItem;
  /** Of the document, when its lines were attached: other lines may be there in another version. */
  version?: number;
}

export interface Attachments {
  attached: Attached[];
  /** What could not be attached, in words. */
  left: string[];
}

const UNLESS_WRITTEN = "(nothing was answered)";

/** The turns before this one; each answer as the user saw it. */
export function turnsOf(context: vscode.ChatContext): Message[] {
  return context.history.map((turn): Message => {
    if (turn instanceof vscode.ChatRequestTurn) {
      const command = turn.command ? `/${turn.command}` : "";
      return { role: "user", content: `${command} ${turn.prompt}`.trim() };
    }
    const text = turn.response.flatMap((part) =>
      part instanceof vscode.ChatResponseMarkdownPart ? [part.value.value] : [],
    );
    return { role: "assistant", content: text.join("") || UNLESS_WRITTEN };
  });
}

/** What was attached to the turns before, as far as it still stands where it stood. */
export function earlier(context: vscode.ChatContext): ContextItem[] {
  return context.history.flatMap((turn) => {
    const attached: Attached[] =
      turn instanceof vscode.ChatResponseTurn ? (turn.result.metadata?.attached ?? []) : [];
    return attached.flatMap(({ item, version }) => (version === versionOf(item) ? [item] : []));
  });
}

/** The references of the request; without any, the selection of the active editor, or `otherwise` of it. */
export async function attachments(
  references: readonly vscode.ChatPromptReference[],
  otherwise: "nothing" | "visible",
): Promise<Attachments> {
  const items: ContextItem[] = [];
  const left: string[] = [];
  for (const reference of [...references].reverse()) {
    const { value } = reference;
    if (value instanceof vscode.Location) {
      items.push(...selected(value.uri, value.range));
    } else if (value instanceof vscode.Uri) {
      items.push({ type: "file", uri: value.toString() });
    } else if (typeof value === "string") {
      items.push({ type: "text", title: reference.modelDescription ?? reference.id, text: value });
    } else {
      left.push(reference.modelDescription ?? reference.id);
    }
  }
  const editor = vscode.window.activeTextEditor;
  if (items.length === 0 && editor) {
    const lines = editor.selection.isEmpty
      ? otherwise === "visible" && editor.visibleRanges[0]
      : editor.selection;
    items.push(...(lines ? selected(editor.document.uri, lines) : []));
  }
  return { attached: items.map(withVersion), left };
}

/** Lines of a document, and what is wrong with them. */
function selected(uri: vscode.Uri, range: vscode.Range): ContextItem[] {
  const diagnostics = diagnosticsIn(uri, range);
  const lines: ContextItem = { type: "range", uri: uri.toString(), range: toRange(range) };
  return diagnostics.length > 0
    ? [lines, { type: "diagnostics", uri: uri.toString(), diagnostics }]
    : [lines];
}

function withVersion(item: ContextItem): Attached {
  const version = versionOf(item);
  return version === undefined ? { item } : { item, version };
}

/** Of the document of lines that were attached; a whole file is always attached as it is. */
function versionOf(item: ContextItem): number | undefined {
  return item.type === "range" || item.type === "diagnostics"
    ? vscode.workspace.textDocuments.find((document) => document.uri.toString() === item.uri)?.version
    : undefined;
}
