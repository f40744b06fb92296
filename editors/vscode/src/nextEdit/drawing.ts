// What is drawn of the next edit: which text goes, what comes in its place, and where a cursor is at it.

import type { Position, Range } from "../messages.ts";
import { type Change, layoutOf } from "../review/layout.ts";

export interface Drawing {
  /** The first and the last line that would change; where lines come in between, both are the one above them. */
  first: number;
  last: number;
  /** What goes, without what stays around it. */
  old: Range[];
  /** Beside the last line: what would stand there. */
  hint: string;
  /** The lines that come. */
  added: string[];
  /** Where the cursor goes. */
  start: Position;
}

const LONGEST = 120;
const KEY = "⇥";

export function drawingOf(change: Change, lineAt: (line: number) => string): Drawing {
  const { first: at, removed, added } = layoutOf(change, lineAt);
  if (removed === 0) {
    const above = Math.max(at - 1, 0);
    const start = { line: above, character: lineAt(above).length };
    return { first: above, last: above, old: [], hint: `${KEY} + ${inOneLine(added)}`, added, start };
  }
  const old = Array.from({ length: removed }, (_, index) => {
    const line = at + index;
    return changed(line, lineAt(line), removed === added.length ? added[index] : undefined);
  });
  const start = old[0]?.start ?? { line: at, character: 0 };
  return { first: at, last: at + removed - 1, old, hint: `${KEY} ${inOneLine(added)}`, added, start };
}

/** Beside the cursor: where the edit is. */
export function wayTo({ first }: Drawing): string {
  return `${KEY} next edit: line ${first + 1}`;
}

export function isAt({ first, last }: Drawing, line: number): boolean {
  return first <= line && line <= last;
}

/** Of a line, the whole words that are not in `after`; without one, all but its indentation. */
function changed(line: number, before: string, after: string | undefined): Range {
  if (after === undefined) {
    const indentation = before.length - before.trimStart().length;
    return { start: { line, character: indentation }, end: { line, character: before.length } };
  }
  const limit = Math.min(before.length, after.length);
  let start = 0;
  while (start < limit && before[start] === after[start]) {
    start++;
  }
  let same = 0;
  while (same < limit - start && before.at(-1 - same) === after.at(-1 - same)) {
    same++;
  }
  let end = before.length - same;
  while (isInWord(before, start)) {
    start--;
  }
  while (isInWord(before, end)) {
    end++;
  }
  return { start: { line, character: start }, end: { line, character: end } };
}

function isInWord(text: string, at: number): boolean {
  return /^\w\w$/.test(text.slice(Math.max(at - 1, 0), at + 1));
}

function inOneLine(lines: readonly string[]): string {
  const text = lines.map((line) => line.trim()).filter((line) => line !== "");
  const joined = text.length > 0 ? text.join(" ⏎ ") : "delete";
  return joined.length > LONGEST ? `${joined.slice(0, LONGEST)}…` : joined;
}
