// Which edits wait for the user's word: nothing of what is over stays.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Proposal } from "../../../../editors/vscode/src/messages.ts";
import { Pending } from "../../../../editors/vscode/src/review/pending.ts";

const AT = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function proposal(id: string, uri: string, hunks = 1, failedHunks: string[] = []): Proposal {
  const listed = Array.from({ length: hunks }, (_, number) => ({ id: `${number}`, range: AT, newText: "x" }));
  return { id, uri, title: "", model: "", summary: "", hunks: listed, failedHunks };
}

test("a proposal without hunks is pending no more", () => {
  const pending = new Pending(() => undefined);

  pending.put(proposal("a", "file:///a"));
  pending.put(proposal("a", "file:///a", 0));

  assert.deepEqual(pending.all, []);
});

test("one whose hunks no longer fit stays, to be retried or rejected", () => {
  const pending = new Pending(() => undefined);

  pending.put(proposal("a", "file:///a", 0, ["1"]));

  assert.equal(pending.all.length, 1);
});

test("a file that is to be deleted is pending though nothing of its text is", () => {
  const pending = new Pending(() => undefined);

  pending.put({ ...proposal("c.1", "file:///a", 0), operation: { kind: "delete" } });

  assert.equal(pending.all.length, 1);
});

test("what belongs together is found together, and goes file by file", () => {
  const pending = new Pending(() => undefined);
  const changeSet = { id: "c", title: "", files: [] };
  for (const number of [1, 2]) {
    pending.put({ ...proposal(`c.${number}`, `file:///${number}`), changeSet });
  }
  pending.put(proposal("d", "file:///d"));

  pending.put({ ...proposal("c.1", "file:///1", 0), changeSet });

  assert.deepEqual(
    pending.ofSet("c").map(({ id }) => id),
    ["c.2"],
  );
});

test("a list takes the place of what was known of that document only", () => {
  const pending = new Pending(() => undefined);
  pending.put(proposal("a", "file:///a"));
  pending.put(proposal("b", "file:///b"));

  pending.replace("file:///a", [proposal("c", "file:///a")]);

  assert.deepEqual(pending.all.map(({ id }) => id).sort(), ["b", "c"]);
});

test("every change is told, and clearing what is empty is none", () => {
  let told = 0;
  const pending = new Pending(() => told++);

  pending.clear();
  pending.put(proposal("a", "file:///a"));
  pending.clear();

  assert.equal(told, 2);
  assert.deepEqual(pending.of("file:///a"), []);
});
