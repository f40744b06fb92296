// How a hunk, which replaces characters, lies in the lines that a person reads.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Hunk, Proposal } from "../../../../editors/vscode/src/messages.ts";
import { applied, hunkAt, layoutOf, nextHunk } from "../../../../editors/vscode/src/review/layout.ts";

const TEXT = "one\ntwo\nthree\nfour\n";
const LINES = TEXT.split("\n");

function hunk(line: number, character: number, endLine: number, endCharacter: number, newText: string): Hunk {
  const range = { start: { line, character }, end: { line: endLine, character: endCharacter } };
  return { id: `${line}:${character}`, range, newText };
}

function layout(one: Hunk): object {
  return layoutOf(one, (line) => LINES[line] ?? "");
}

test("a character that changes takes its line with it", () => {
  assert.deepEqual(layout(hunk(1, 1, 1, 2, "-")), { first: 1, removed: 1, added: ["t-o"] });
});

test("lines that come in between remove nothing", () => {
  assert.deepEqual(layout(hunk(1, 0, 1, 0, "new\nlines\n")), {
    first: 1,
    removed: 0,
    added: ["new", "lines"],
  });
  assert.deepEqual(layout(hunk(0, 3, 0, 3, "\nnew")), { first: 1, removed: 0, added: ["new"] });
});

test("lines that go add nothing", () => {
  assert.deepEqual(layout(hunk(1, 0, 3, 0, "")), { first: 1, removed: 2, added: [] });
});

test("text at the very end is added below the last line", () => {
  assert.deepEqual(layout(hunk(4, 0, 4, 0, "five\n")), { first: 4, removed: 0, added: ["five"] });
});

test("other line ends are the same lines", () => {
  assert.deepEqual(layout(hunk(1, 0, 1, 3, "a\r\nb")), { first: 1, removed: 1, added: ["a", "b"] });
});

function proposal(id: string, ...hunks: Hunk[]): Proposal {
  return { id, title: "", model: "", uri: "", summary: "", hunks, failedHunks: [] };
}

test("the hunk at the cursor is the one around it, or else the nearest", () => {
  const both = [proposal("a", hunk(1, 0, 2, 0, "")), proposal("b", hunk(9, 0, 12, 0, ""))];

  assert.equal(hunkAt(both, 11)?.proposal.id, "b");
  assert.equal(hunkAt(both, 4)?.proposal.id, "a");
  assert.equal(hunkAt([], 4), undefined);
});

test("next and previous go around", () => {
  const both = [proposal("a", hunk(1, 0, 2, 0, ""), hunk(9, 0, 12, 0, ""))];

  assert.equal(nextHunk(both, 1, 1)?.id, "9:0");
  assert.equal(nextHunk(both, 9, 1)?.id, "1:0");
  assert.equal(nextHunk(both, 9, -1)?.id, "1:0");
  assert.equal(nextHunk(both, 0, -1)?.id, "9:0");
});

test("the proposed text has every hunk in it", () => {
  const offsetAt = ({ line, character }: { line: number; character: number }) =>
    LINES.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0) + character;

  assert.equal(applied(TEXT, [hunk(0, 0, 0, 3, "1"), hunk(2, 0, 3, 0, "")], offsetAt), "1\ntwo\nfour\n");
});
