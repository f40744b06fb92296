// How a hunk lies in the lines of a document: which lines go, which come, and where.

import type { Hunk, Proposal, Range } from "../messages.ts";

export type Change = Omit<Hunk, "id">;

export interface Layout {
  /** The first line that goes, or before which the new ones come. */
  first: number;
  removed: number;
  added: string[];
}

/** A change replaces characters; a person reads lines. `lineAt` gives a line of the document without its end. */
export function layoutOf({ range, newText }: Change, lineAt: (line: number) => string): Layout {
  const { start, end } = range;
  const before: string[] = [];
  for (let line = start.line; line <= end.line; line++) {
    before.push(lineAt(line));
  }
  const head = (before[0] ?? "").slice(0, start.character);
  const tail = (before.at(-1) ?? "").slice(end.character);
  const after = (head + newText + tail).split(/\r\n|\r|\n/);
  const limit = Math.min(before.length, after.length);
  let same = 0;
  while (same < limit && before[same] === after[same]) {
    same++;
  }
  let sameAtEnd = 0;
  while (sameAtEnd < limit - same && before.at(-1 - sameAtEnd) === after.at(-1 - sameAtEnd)) {
    sameAtEnd++;
  }
  return {
    first: start.line + same,
    removed: before.length - same - sameAtEnd,
    added: after.slice(same, after.length - sameAtEnd),
  };
}

/** The hunk at `line`, or else the nearest one. */
export function hunkAt(
  proposals: readonly Proposal[],
  line: number,
): { proposal: Proposal; hunk: Hunk } | undefined {
  const all = proposals.flatMap((proposal) => proposal.hunks.map((hunk) => ({ proposal, hunk })));
  return all.toSorted((one, other) => distance(one.hunk.range, line) - distance(other.hunk.range, line))[0];
}

/** The first hunk below `line`, or above it for a step of -1; beyond the last it begins anew. */
export function nextHunk(proposals: readonly Proposal[], line: number, step: 1 | -1): Hunk | undefined {
  const ascending = proposals
    .flatMap(({ hunks }) => hunks)
    .toSorted((one, other) => one.range.start.line - other.range.start.line);
  return step === 1
    ? (ascending.find(({ range }) => range.start.line > line) ?? ascending[0])
    : (ascending.findLast(({ range }) => range.start.line < line) ?? ascending.at(-1));
}

/** The text once all of `hunks`, which ascend, are in it. */
export function applied(
  text: string,
  hunks: readonly Hunk[],
  offsetAt: (position: Range["start"]) => number,
): string {
  let result = text;
  for (const { range, newText } of hunks.toReversed()) {
    result = result.slice(0, offsetAt(range.start)) + newText + result.slice(offsetAt(range.end));
  }
  return result;
}

function distance({ start, end }: Range, line: number): number {
  return line < start.line ? start.line - line : Math.max(0, line - end.line);
}
