// Suggestions while the user types: what of one was taken, where they are off, and what is said of the next edit.

import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptedPart } from "../../../../editors/vscode/src/inlineCompletion/followed.ts";
import { offWords, toggleWords } from "../../../../editors/vscode/src/inlineCompletion/words.ts";
import { type Drawing, drawingOf, isAt, wayTo } from "../../../../editors/vscode/src/nextEdit/drawing.ts";

const SUGGESTED = [
  { id: "1", text: "return sum(values) / len(values)" },
  { id: "2", text: "return statistics.mean(values)" },
];

test("a word or a line that is accepted is a part of the suggestion that it begins", () => {
  assert.deepEqual(acceptedPart(SUGGESTED, "return", "return"), {
    suggestion: SUGGESTED[0],
    acceptedLength: 6,
  });
  assert.deepEqual(acceptedPart(SUGGESTED, "statistics", "return statistics"), {
    suggestion: SUGGESTED[1],
    acceptedLength: 17,
  });
});

test("what is typed, indented, taken whole or another's is no part that was accepted", () => {
  const [whole] = SUGGESTED;

  assert.equal(acceptedPart(SUGGESTED, "r", "r"), undefined);
  assert.equal(acceptedPart([{ id: "3", text: "\n    pass" }], "\n    ", "\n    "), undefined);
  assert.equal(acceptedPart(SUGGESTED, whole?.text ?? "", whole?.text ?? ""), undefined);
  assert.equal(acceptedPart(SUGGESTED, "print", "print"), undefined);
  assert.equal(acceptedPart([], "return", "return"), undefined);
});

test("where inline completion is off, and what turns it on again, is said in words", () => {
  assert.equal(offWords("everywhere", "python"), "Inline completion is off.");
  assert.equal(offWords("language", "python"), "Inline completion is off for python.");
  assert.equal(toggleWords("file", false, "python"), "Turn off in this file");
  assert.equal(toggleWords("language", true, "python"), "Turn on for python");
});

const CODE = ["def total(values):", "    return sum(values) + 1", "", "print(total([]))", ""];

function drawn(first: number, last: number, newText: string): Drawing {
  const range = { start: { line: first, character: 0 }, end: { line: last, character: 0 } };
  return drawingOf({ range, newText }, (line) => CODE[line] ?? "");
}

test("of a line that changes, only what goes is struck out", () => {
  const drawing = drawn(1, 2, "    return sum(values)\n");

  assert.deepEqual(drawing.old, [{ start: { line: 1, character: 22 }, end: { line: 1, character: 26 } }]);
  assert.deepEqual(drawing.start, { line: 1, character: 22 });
  assert.equal(drawing.hint, "⇥ return sum(values)");
  assert.deepEqual([isAt(drawing, 0), isAt(drawing, 1), isAt(drawing, 2)], [false, true, false]);
});

test("a word of which only a part changes is struck out whole", () => {
  assert.deepEqual(drawn(3, 4, "print(tally([]))\n").old, [
    { start: { line: 3, character: 6 }, end: { line: 3, character: 11 } },
  ]);
  assert.deepEqual(drawn(3, 4, "print(total([1]))\n").old, [
    { start: { line: 3, character: 13 }, end: { line: 3, character: 13 } },
  ]);
});

test("lines that come in between are shown at the line above, lines that go are struck out whole", () => {
  const comes = drawn(3, 3, "import os\n\n");
  const goes = drawn(0, 2, "");

  assert.deepEqual([comes.first, comes.last, comes.old, comes.hint], [2, 2, [], "⇥ + import os"]);
  assert.deepEqual([goes.old.length, goes.old[1]?.start.character, goes.hint], [2, 4, "⇥ delete"]);
});

test("the hint of a next edit is one short line", () => {
  assert.equal(drawn(0, 1, "a\n  b\n").hint, "⇥ a ⏎ b");
  assert.equal(drawn(0, 1, `${"x".repeat(500)}\n`).hint.length, 123);
  assert.equal(wayTo(drawn(3, 4, "print()\n")), "⇥ next edit: line 4");
});
