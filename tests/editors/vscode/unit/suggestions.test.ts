// Suggestions while the user types: what of one was taken, where they are off, and what is said of the next edit.

import assert from "node:assert/strict";
import { test } from "node:test";
import { acceptedPart } from "../../../../editors/vscode/src/inlineCompletion/followed.ts";
import { offWords, toggleWords } from "../../../../editors/vscode/src/inlineCompletion/words.ts";
import { hintOf, wayTo } from "../../../../editors/vscode/src/nextEdit/words.ts";

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

test("the hint of a next edit is one short line", () => {
  assert.equal(hintOf({ first: 3, removed: 1, added: ["    return total"] }), "⇥ return total");
  assert.equal(hintOf({ first: 3, removed: 0, added: ["", "import os"] }), "⇥ + import os");
  assert.equal(hintOf({ first: 3, removed: 2, added: ["a", "  b"] }), "⇥ a ⏎ b");
  assert.equal(hintOf({ first: 3, removed: 2, added: [] }), "⇥ delete");
  assert.equal(hintOf({ first: 3, removed: 1, added: ["x".repeat(500)] }).length, 123);
  assert.equal(wayTo(11), "⇥ next edit: line 12");
});
