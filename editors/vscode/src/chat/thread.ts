// What a question in Chat carries: what was said before it, and what the user attached.

import * as vscode from "vscode";
import type { ContextItem } from "../messages.ts";
import { diagnosticsIn, toRange } from "../place.ts";
import type { Exchange, Kept } from "./kept.ts";
import { isAddedByItself } from "./references.ts";

export interface Attachments {
  attached: ContextItem[];
  /** What could not be attached, in words. */
  left: string[];
}

/** The questions before this one, each with its answer as the user saw it. */
export function exchangesOf(context: vscode.ChatContext): Exchange[] {
  let question = "";
  return context.history.flatMap((turn): Exchange[] => {
    if (turn instanceof vscode.ChatRequestTurn) {
      question = `${turn.command ? `/${turn.command}` : ""} ${turn.prompt}`.trim();
      return [];
    }
    const text = turn.response.flatMap((part) =>
      part instanceof vscode.ChatResponseMarkdownPart ? [part.value.value] : [],
    );
    const { kept }: { kept?: Kept } = turn.result.metadata ?? {};
    return [{ question, answer: text.join(""), kept }];
  });
}

/** What the user gave with the request; if nothing, the selection of the active editor, or `otherwise` of it. */
export async function attachments(
  references: readonly vscode.ChatPromptReference[],
  otherwise: "nothing" | "visible",
): Promise<Attachments> {
  const items: ContextItem[] = [];
  const left: string[] = [];
  for (const reference of references.filter(({ id }) => !isAddedByItself(id)).reverse()) {
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
  return { attached: items, left };
}

/** Lines of a document, and what is wrong with them. */
function selected(uri: vscode.Uri, range: vscode.Range): ContextItem[] {
  const diagnostics = diagnosticsIn(uri, range);
  const lines: ContextItem = { type: "range", uri: uri.toString(), range: toRange(range) };
  return diagnostics.length > 0
    ? [lines, { type: "diagnostics", uri: uri.toString(), diagnostics }]
    : [lines];
}
