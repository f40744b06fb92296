// The words above a hunk: accept or reject it, and above the first of them what concerns all.

import * as vscode from "vscode";
import type { Proposal } from "../messages.ts";
import { relativeName } from "../relativeName.ts";
import { layoutOf } from "./layout.ts";
import { isCurrent } from "./marks.ts";
import type { Pending } from "./pending.ts";
import { operationWords } from "./words.ts";

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

type Add = (line: number, title: string, command: string, hunk?: string, tooltip?: string) => void;

function lensesOf(proposal: Proposal, document: vscode.TextDocument): vscode.CodeLens[] {
  const { id, hunks, changeSet } = proposal;
  const lenses: vscode.CodeLens[] = [];
  const add: Add = (line, title, command, hunk, tooltip = "") => {
    const at = new vscode.Range(line, 0, line, 0);
    const given = { id, ...(hunk ? { hunk } : {}), ...(changeSet ? { changeSet: changeSet.id } : {}) };
    lenses.push(new vscode.CodeLens(at, { title, command, tooltip, arguments: [given] }));
  };
  addOperation(proposal, add);
  hunks.forEach((hunk, index) => {
    const line = Math.min(layoutOf(hunk, (at) => document.lineAt(at).text).first, document.lineCount - 1);
    const one = hunks.length > 1 ? ` ${index + 1}/${hunks.length}` : "";
    if (index === 0) {
      addWhole(proposal, line, add);
    }
    add(line, `Accept${one}`, "llm-ls.review.acceptHunk", hunk.id);
    add(line, `Reject${one}`, "llm-ls.review.rejectHunk", hunk.id);
    if (index === 0) {
      addLooks(proposal, line, add);
    }
  });
  addFailed(proposal, add);
  return lenses;
}

/** What becomes of the file itself; its text goes with it. */
function addOperation(proposal: Proposal, add: Add): void {
  const words = operationWords(proposal, relativeName);
  if (words) {
    add(0, words, "llm-ls.review.acceptAll");
    add(0, "Reject", "llm-ls.review.rejectAll");
  }
}

/** Above the first hunk: all files that belong together, and all hunks of this one. */
function addWhole({ hunks, changeSet }: Proposal, line: number, add: Add): void {
  const files = changeSet?.files.length ?? 1;
  if (files > 1) {
    add(line, `Accept ${files} files`, "llm-ls.review.acceptFiles");
    add(line, `Reject ${files} files`, "llm-ls.review.rejectFiles");
  }
  if (hunks.length > 1) {
    add(line, files > 1 ? "Accept file" : "Accept all", "llm-ls.review.acceptAll");
    add(line, files > 1 ? "Reject file" : "Reject all", "llm-ls.review.rejectAll");
  }
}

/** Beside the words about all, those about one must still fit into a window of 700 pixels. */
function addLooks({ hunks, changeSet }: Proposal, line: number, add: Add): void {
  const [retry, diff] = hunks.length > 1 || changeSet ? ["", ""] : [" Retry", " Show diff"];
  if (!changeSet) {
    add(line, `$(refresh)${retry}`, "llm-ls.review.retry", undefined, "Ask again");
  }
  add(line, `$(diff)${diff}`, "llm-ls.review.showDiff", undefined, "Show the changes as a diff");
}

function addFailed({ hunks, failedHunks, changeSet }: Proposal, add: Add): void {
  const count = failedHunks.length;
  if (count > 0) {
    const line = hunks.at(0)?.range.start.line ?? 0;
    const words = `$(warning) ${count === 1 ? "1 no longer fits" : `${count} no longer fit`}`;
    add(line, words, changeSet ? "llm-ls.review.showDiff" : "llm-ls.review.retry");
    if (hunks.length === 0) {
      add(line, "Reject", "llm-ls.review.rejectAll");
    }
  }
}
