// The words above a hunk: accept or reject it, and above the first of them what concerns all.

import * as vscode from "vscode";
import type { Proposal } from "../messages.ts";
import { layoutOf } from "./layout.ts";
import { isCurrent } from "./marks.ts";
import type { Pending } from "./pending.ts";

const AGAIN_MS = 500;

export class Lenses implements vscode.CodeLensProvider {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #pending: Pending;
  #again: NodeJS.Timeout | undefined;

  constructor(pending: Pending) {
    this.#pending = pending;
  }

  refresh(): void {
    this.#changed.fire();
    // VS Code 1.139 keeps the old ones on the screen if the focus leaves the editor just then.
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#changed.fire(), AGAIN_MS);
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    return this.#pending
      .of(document.uri.toString())
      .filter((proposal) => isCurrent(proposal, document))
      .flatMap((proposal) => lensesOf(proposal, document));
  }
}

function lensesOf(proposal: Proposal, document: vscode.TextDocument): vscode.CodeLens[] {
  const { id, hunks } = proposal;
  const lenses: vscode.CodeLens[] = [];
  const add = (line: number, title: string, command: string, hunk?: string, tooltip = ""): void => {
    const at = new vscode.Range(line, 0, line, 0);
    const given = { id, ...(hunk ? { hunk } : {}) };
    lenses.push(new vscode.CodeLens(at, { title, command, tooltip, arguments: [given] }));
  };
  hunks.forEach((hunk, index) => {
    const line = Math.min(layoutOf(hunk, (at) => document.lineAt(at).text).first, document.lineCount - 1);
    const one = hunks.length > 1 ? ` ${index + 1}/${hunks.length}` : "";
    if (index === 0 && hunks.length > 1) {
      add(line, "Accept all", "llm-ls.review.acceptAll");
      add(line, "Reject all", "llm-ls.review.rejectAll");
    }
    add(line, `Accept${one}`, "llm-ls.review.acceptHunk", hunk.id);
    add(line, `Reject${one}`, "llm-ls.review.rejectHunk", hunk.id);
    if (index === 0) {
      // Beside the words about all, those about one must still fit into a window of 700 pixels.
      const [retry, diff] = hunks.length > 1 ? ["", ""] : [" Retry", " Show diff"];
      add(line, `$(refresh)${retry}`, "llm-ls.review.retry", undefined, "Ask again");
      add(line, `$(diff)${diff}`, "llm-ls.review.showDiff", undefined, "Show the changes as a diff");
    }
  });
  if (proposal.failedHunks.length > 0) {
    const line = hunks.at(0)?.range.start.line ?? 0;
    const count = proposal.failedHunks.length;
    add(
      line,
      `$(warning) ${count === 1 ? "1 no longer fits" : `${count} no longer fit`}`,
      "llm-ls.review.retry",
    );
    if (hunks.length === 0) {
      add(line, "Reject", "llm-ls.review.rejectAll");
    }
  }
  return lenses;
}
