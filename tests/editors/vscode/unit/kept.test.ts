// What a chat of VS Code's tells the server, and what is shown of what that keeps.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Exchange, placeAfter, toldAs } from "../../../../editors/vscode/src/chat/kept.ts";
import { callLine, placeNamed, titleOf } from "../../../../editors/vscode/src/chat/toolWords.ts";
import { saysChat } from "../../../../editors/vscode/src/conversations/frontMatter.ts";
import { ageOf, detailOf, folderOf } from "../../../../editors/vscode/src/conversations/text.ts";
import { firstLine, otherVersions } from "../../../../editors/vscode/src/conversations/versions.ts";
import { plain } from "../../../../editors/vscode/src/plain.ts";
import { operationWords, originWords, partWords } from "../../../../editors/vscode/src/review/words.ts";

const exchange = (number: number, messageId?: string): Exchange => ({
  question: `question ${number}`,
  answer: `answer ${number}`,
  kept: messageId === undefined ? undefined : { conversationId: "c", messageId, session: "s" },
});

test("a question follows the last answer that VS Code still shows", () => {
  assert.deepEqual(placeAfter([exchange(1, "m1"), exchange(2, "m2")]), {
    kept: { conversationId: "c", messageId: "m2", session: "s" },
    unkept: [],
  });
  assert.deepEqual(placeAfter([]), { kept: undefined, unkept: [] });
});

test("what was said and is not kept goes along as an attachment, what failed does not", () => {
  const failed = { ...exchange(3), answer: "" };
  const { kept, unkept } = placeAfter([exchange(1, "m1"), exchange(2), failed]);

  assert.equal(kept?.messageId, "m1");
  assert.deepEqual(toldAs(unkept), [
    { type: "text", title: "Said before in this chat", text: "User: question 2\n\nAssistant: answer 2" },
  ]);
  assert.deepEqual(toldAs([]), []);
});

test("a chat from before anything was kept begins a conversation that knows what was said", () => {
  const { kept, unkept } = placeAfter([exchange(1), exchange(2)]);

  assert.equal(kept, undefined);
  assert.equal(unkept.length, 2);
});

test("a call of a tool is a line in which nothing of the model's is a link", () => {
  assert.equal(titleOf("read_file"), "Read file");
  assert.equal(titleOf("github__get__issue"), "github: get  issue");
  assert.equal(callLine("read_file", { path: "src/a.py" }), "Read file `src/a.py`");
  assert.equal(callLine("list_files", {}), "List files");
  assert.equal(
    callLine("[x](command:y)", { path: "a `b` [x](command:y)" }),
    "\\[x\\]\\(command:y\\) `` a `b` [x](command:y) ``",
  );
  assert.equal(callLine("search_text", { text: "x".repeat(100), limit: 3, deep: { a: 1 } }).length, 95);
});

test("an attachment says which lines of which file it is", () => {
  assert.deepEqual(placeNamed("src/a.py"), { name: "src/a.py", first: 0, last: 0 });
  assert.deepEqual(placeNamed("src/a.py, line 3"), { name: "src/a.py", first: 3, last: 3 });
  assert.deepEqual(placeNamed("my file.py, lines 1 to 2 (cut)"), { name: "my file.py", first: 1, last: 2 });
});

test("a message of VS Code makes no link of what others wrote", () => {
  assert.doesNotMatch(plain("read [this](command:evil)"), /\]\(/);
});

test("a conversation says how old it is, how long and what it cost", () => {
  const now = Date.parse("2026-11-27T12:00:00Z");

  assert.equal(ageOf("2026-11-27T11:59:40Z", now), "just now");
  assert.equal(ageOf("2026-11-27T11:20:00Z", now), "40 min ago");
  assert.equal(ageOf("2026-11-27T07:00:00Z", now), "5 h ago");
  assert.equal(ageOf("2026-11-26T07:00:00Z", now), "yesterday");
  assert.equal(ageOf("2026-11-20T07:00:00Z", now), "7 days ago");
  assert.equal(ageOf("2026-08-20T07:00:00Z", now), "2026-08-20");
  const summary = { id: "c", title: "t", createdAt: "", updatedAt: "", turns: 4 };
  const usage = { inputTokens: 1, outputTokens: 1 };
  assert.equal(
    detailOf({ ...summary, model: "a/b", usage: { ...usage, costUsd: 0.25 } }),
    "4 messages · $0.25 · a/b",
  );
  assert.equal(detailOf({ ...summary, turns: 1, usage }), "1 message");
  assert.equal(folderOf("file:///home/me/my%20project/"), "my project");
  assert.equal(folderOf(undefined), "");
});

test("every branch that is not shown is found once, those within branches too", async () => {
  const turn = (id: string, ...alternatives: string[]) => ({
    id,
    role: "user" as const,
    at: "",
    content: `said ${id}`,
    alternatives,
  });
  const paths = {
    shown: [turn("a"), turn("b", "c"), turn("d")],
    c: [turn("a"), turn("c", "b"), turn("e", "f"), turn("g")],
    f: [turn("a"), turn("c", "b"), turn("f", "e")],
  };
  const found = await otherVersions(async (through = "shown") => paths[through as keyof typeof paths]);

  assert.deepEqual(
    found.map(({ turn, end, turns }) => [turn.id, end, turns]),
    [
      ["c", "g", 4],
      ["f", "f", 3],
    ],
  );
  assert.equal(firstLine({ ...turn("a"), content: "\none\ntwo" }), "one");
  assert.equal(firstLine({ ...turn("a"), content: [{ type: "text", text: "see" }] }), "see");
});

test("a document is a chat if it says so at its top", () => {
  const says = (text: string) => saysChat((line) => text.split("\n")[line]);

  assert.equal(says("---\nmodel: a/b\nllm-ls: chat\n---\n"), true);
  assert.equal(says('---\nllm-ls : "chat"\n---'), true);
  assert.equal(says("---\nmodel: a/b\n---\nllm-ls: chat\n"), false);
  assert.equal(says("llm-ls: chat\n"), false);
  assert.equal(says("---"), false);
});

test("what becomes of each file is said", () => {
  const part = { id: "c.1", title: "", model: "", uri: "a.py", summary: "+1 −1", hunks: [], failedHunks: [] };
  const name = (uri: string) => uri;

  assert.equal(partWords(part, name), "a.py (+1 −1)");
  assert.equal(partWords({ ...part, operation: { kind: "create" } }, name), "create a.py (+1 −1)");
  assert.equal(partWords({ ...part, operation: { kind: "delete" } }, name), "delete a.py");
  const renamed = { ...part, operation: { kind: "rename" as const, newUri: "b.py" } };
  assert.equal(partWords(renamed, name), "rename a.py to b.py");
  assert.equal(operationWords(renamed, name), "Rename it to b.py");
  assert.equal(operationWords(part, name), undefined);
});

test("a pending edit says whose it is, and nothing of a model that nobody knows", () => {
  const part = { id: "p", title: "Fix", model: "a/b", uri: "a.py", summary: "", hunks: [], failedHunks: [] };
  const changeSet = { id: "c", title: "Rename total", files: [] };

  assert.equal(originWords(part), "Fix · a/b");
  assert.equal(originWords({ ...part, model: "", changeSet }), "Rename total");
});
