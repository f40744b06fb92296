// The words and figures that people read: status, prices, models, failures, history.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accountText } from "../../../../editors/vscode/src/accounts/text.ts";
import { remembered } from "../../../../editors/vscode/src/history.ts";
import { lastLine } from "../../../../editors/vscode/src/lastLine.ts";
import type { ListedModel } from "../../../../editors/vscode/src/messages.ts";
import { detailOf, inOrder } from "../../../../editors/vscode/src/models/text.ts";
import { dollars, price, tokens } from "../../../../editors/vscode/src/money.ts";
import {
  isCancelled,
  kindOf,
  sentence,
  Unavailable,
} from "../../../../editors/vscode/src/server/failures.ts";
import { statusView } from "../../../../editors/vscode/src/status/text.ts";

test("money has as many digits as it takes to see any", () => {
  assert.deepEqual([0, 0.00006, 0.0004, 0.0312, 1, 12.345].map(dollars), [
    "$0",
    "<$0.0001",
    "$0.0004",
    "$0.03",
    "$1.00",
    "$12.35",
  ]);
  assert.deepEqual([3, 0.15, 0.075].map(price), ["$3", "$0.15", "$0.075"]);
  assert.deepEqual([900, 8_192, 200_000, 1_048_576].map(tokens), ["900", "8k", "200k", "1M"]);
});

const RUNNING = { kind: "running" } as const;

test("the status bar says the model and what today cost", () => {
  const status = { busy: false, kind: "normal", message: "", model: "vendor/folder/sonnet" } as const;

  assert.equal(statusView(RUNNING, status, 0.12).text, "$(sparkle) sonnet · $0.12");
  assert.equal(statusView(RUNNING, status, 0).text, "$(sparkle) sonnet");
  assert.equal(statusView(RUNNING, status, undefined).text, "$(sparkle) sonnet");
});

test("the status bar spins while something runs, and names it to those who hear it", () => {
  const view = statusView(RUNNING, { busy: true, kind: "normal", message: "Edit · a/b", model: "a/b" }, 0.5);

  assert.equal(view.text, "$(loading~spin) b · $0.50");
  assert.match(view.spoken, /^b · \$0\.50\. Edit · a\/b\./);
});

test("the status bar says what is wrong", () => {
  const failed = statusView({ kind: "failed", sentence: "llm-ls is not installed." }, undefined, undefined);
  const refused = statusView(
    RUNNING,
    { busy: false, kind: "error", message: "no credit left", model: "a/b" },
    1,
  );

  assert.deepEqual(
    [failed.text, failed.look, failed.tooltip],
    ["$(error) llm-ls", "error", "llm-ls is not installed."],
  );
  assert.deepEqual([refused.text, refused.look], ["$(warning) b · $1.00", "warning"]);
  assert.equal(
    statusView(RUNNING, { busy: false, kind: "inactive", message: "" }, undefined).text,
    "$(sparkle) no model",
  );
});

function model(id: string, more: Partial<ListedModel> = {}): ListedModel {
  const capabilities = { tools: false, vision: false, reasoning: false, json: false, fim: false };
  return { id, name: id, provider: "a", capabilities, deprecated: false, ...more };
}

test("a model says what it costs, how much it reads and what it can do", () => {
  const capabilities = { tools: true, vision: true, reasoning: false, json: true, fim: false };
  const known = model("a/b", {
    cost: { inputPerMTok: 3, outputPerMTok: 15 },
    contextWindow: 200_000,
    capabilities,
  });

  assert.equal(detailOf(known), "$3 in, $15 out per million tokens · reads 200k · tools · images");
  assert.equal(
    detailOf(model("a/c", { deprecated: true, successor: "a/d" })),
    "price unknown · deprecated, use a/d",
  );
});

test("the model in use is listed first, deprecated ones last", () => {
  const listed = [model("a/old", { deprecated: true }), model("a/one"), model("a/two")];

  assert.deepEqual(
    inOrder(listed, "a/two").map(({ id }) => id),
    ["a/two", "a/one", "a/old"],
  );
});

test("an account says where its credential comes from", () => {
  const account = {
    provider: "p",
    signedIn: true,
    source: "oauth",
    account: "ada",
    accounts: ["ada", "bob"],
  } as const;

  assert.equal(accountText({ ...account, accounts: [...account.accounts] }), "signed in as ada, 2 accounts");
});

test("what the user did or knows is no failure to tell", () => {
  assert.equal(sentence({ code: -32800, message: "cancelled" }), undefined);
  assert.equal(sentence(new Unavailable("not there", { told: true })), undefined);
  assert.equal(sentence(new Unavailable("not there")), "not there");
  assert.ok(isCancelled({ code: -32800 }));
  assert.equal(kindOf({ code: -32803, data: { kind: "missing_credentials" } }), "missing_credentials");
});

test("a server that dies in the middle is told as that", () => {
  assert.match(sentence({ code: -32097, message: "Pending response rejected" }) ?? "", /Nothing was changed/);
});

test("the last line of a stream is code, and short", () => {
  assert.equal(lastLine("```python\ndef f():\n    return 1\n```"), "return 1");
  assert.equal(lastLine(""), "");
  assert.equal(lastLine("x".repeat(100)).length, 81);
});

test("an instruction said again moves to the front", () => {
  assert.deepEqual(remembered(["a", "b", "c"], "c"), ["c", "a", "b"]);
});
