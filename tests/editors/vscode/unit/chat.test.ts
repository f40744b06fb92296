// What Chat says to a model and is told of it, as far as it needs no VS Code.

import assert from "node:assert/strict";
import { test } from "node:test";
import { estimateTokens, toMessages, toTools } from "../../../../editors/vscode/src/chat/conversation.ts";
import { footnote } from "../../../../editors/vscode/src/chat/footnote.ts";
import { withMember } from "../../../../editors/vscode/src/chat/jsonMember.ts";
import { toInformation } from "../../../../editors/vscode/src/chat/modelInformation.ts";
import { Recall } from "../../../../editors/vscode/src/chat/recall.ts";
import { isAddedByItself } from "../../../../editors/vscode/src/chat/references.ts";

const CAPABILITIES = { tools: true, vision: false, reasoning: true, json: true, fim: false };
const [USER, ASSISTANT, SYSTEM] = [1, 2, 3];
const text = (value: string) => ({ value });
const picture = { mimeType: "image/png", data: new Uint8Array([1, 2, 3]) };

test("what a vendor wants back goes with its tool call, and with nothing else", () => {
  const recall = new Recall();
  const thinking = [{ text: "hm", provider: "anthropic", state: { signature: "s" } }];
  const state = { thought: "t" };
  recall.keep({ toolCalls: [{ id: "c1", name: "read", input: {}, provider: "gemini", state }], thinking });
  const calling = { callId: "c1", name: "read", input: { path: "a" } };
  const other = { callId: "c2", name: "read", input: {} };
  const messages = toMessages(
    [
      { role: SYSTEM, content: [text("Be exact.")] },
      { role: USER, content: [text("Read it.")] },
      { role: ASSISTANT, content: [text("I will."), calling] },
      { role: USER, content: [{ callId: "c1", content: [text("42"), picture] }] },
      { role: ASSISTANT, content: [other] },
    ],
    recall,
  );

  assert.deepEqual(messages, [
    { role: "system", content: [{ type: "text", text: "Be exact." }] },
    { role: "user", content: [{ type: "text", text: "Read it." }] },
    {
      role: "assistant",
      content: "I will.",
      toolCalls: [{ id: "c1", name: "read", input: { path: "a" }, provider: "gemini", state }],
      thinking,
    },
    { role: "tool", toolUseId: "c1", content: "42" },
    { role: "user", content: [{ type: "image", mediaType: "image/png", data: "AQID" }] },
    { role: "assistant", content: "", toolCalls: [{ id: "c2", name: "read", input: {} }] },
  ]);
});

test("only so many calls are recalled, the oldest forgotten first", () => {
  const recall = new Recall();
  for (let number = 0; number < 600; number += 1) {
    recall.keep({ toolCalls: [{ id: `c${number}`, name: "n", input: {} }], thinking: [] });
  }

  assert.equal(recall.of("c0"), undefined);
  assert.equal(recall.of("c599")?.call.name, "n");
});

test("a failed tool is told as failed, and JSON of a tool as text", () => {
  const json = { mimeType: "application/json", data: new TextEncoder().encode('{"a": 1}') };
  const failed = { callId: "c1", isError: true, content: [json, { value: { node: 1 } }] };

  assert.deepEqual(toMessages([{ role: USER, content: [failed] }], new Recall()), [
    { role: "tool", toolUseId: "c1", content: '{"a": 1}\n{"node":1}', isError: true },
  ]);
});

test("thinking that VS Code gives back and marks of caches are sent to nobody", () => {
  const thinking = { value: "hm", id: "t1", metadata: undefined };
  const mark = { mimeType: "cache_control", data: new TextEncoder().encode("ephemeral") };

  assert.deepEqual(toMessages([{ role: ASSISTANT, content: [thinking, mark] }], new Recall()), []);
});

test("a tool without a schema takes nothing", () => {
  assert.deepEqual(toTools([{ name: "now", description: "The time." }]), [
    { name: "now", description: "The time.", inputSchema: { type: "object", properties: {} } },
  ]);
});

test("tokens are estimated without a request, by script, with what tools gave", () => {
  const result = { callId: "c1", content: [text("x".repeat(400)), picture] };

  assert.equal(estimateTokens("x".repeat(400)), 100);
  assert.equal(estimateTokens("漢字"), 2);
  assert.equal(estimateTokens({ role: USER, content: [result] }), 1104);
});

test("the picker shows where a model is, what it costs and what it reads", () => {
  const shown = toInformation({
    id: "openrouter/anthropic/claude",
    name: "Claude",
    provider: "openrouter",
    contextWindow: 200_000,
    maxOutputTokens: 64_000,
    capabilities: CAPABILITIES,
    cost: { inputPerMTok: 3, outputPerMTok: 15 },
    deprecated: true,
    successor: "openrouter/anthropic/claude-2",
  });

  assert.equal(shown.detail, "openrouter · $3 / $15");
  assert.equal(shown.version, "anthropic/claude");
  assert.equal(shown.maxInputTokens + shown.maxOutputTokens, 200_000);
  assert.match(
    shown.tooltip,
    /\$3 for a million tokens read.*deprecated: use openrouter\/anthropic\/claude-2/,
  );
  assert.deepEqual(shown.capabilities, { imageInput: false, toolCalling: true });
});

test("a model that no catalog knows is offered where tools are called; one that is known to call none is not", () => {
  const known = { id: "a/b", name: "b", provider: "a", deprecated: false };
  const capabilities = { ...CAPABILITIES, tools: false };

  assert.equal(toInformation({ ...known, capabilities }).capabilities.toolCalling, true);
  const cost = { inputPerMTok: 1, outputPerMTok: 1 };
  assert.equal(toInformation({ ...known, capabilities, cost }).capabilities.toolCalling, false);
});

test("the line beneath an answer begins with money, where that is known", () => {
  assert.equal(
    footnote("a/b", { inputTokens: 1200, outputTokens: 40, costUsd: 0.5 }),
    "$0.50 · 1k → 40 tokens · a/b",
  );
  assert.equal(footnote("a/b", { inputTokens: 12, outputTokens: 40 }), "12 → 40 tokens · a/b");
  const usage = { inputTokens: 12, outputTokens: 40, costUsd: 0.5 };
  assert.equal(footnote("a/b", usage, 1.25), "$0.50 · $1.25 in all · 12 → 40 tokens · a/b");
  assert.equal(footnote("a/b", usage, 0.5), "$0.50 · 12 → 40 tokens · a/b");
});

test("a setting goes into a settings file and leaves the rest of it alone", () => {
  const set = (json: string): string | undefined => {
    const change = withMember(json, "chat.x", true);
    return change && json.slice(0, change.start) + change.text + json.slice(change.end);
  };

  assert.equal(set(""), '{\n    "chat.x": true\n}\n');
  assert.equal(set("// mine\n{ }\n"), '// mine\n{\n    "chat.x": true\n}\n');
  assert.equal(set('{\n    "a": 1 // one\n}'), '{\n    "chat.x": true,\n    "a": 1 // one\n}');
  assert.equal(set('{"a": 1}'), '{\n    "chat.x": true, "a": 1}');
  assert.equal(set('{\n    "chat.x": false,\n    "a": 1\n}'), '{\n    "chat.x": true,\n    "a": 1\n}');
  assert.equal(set('/* { */ {"a": 1}'), '/* { */ {\n    "chat.x": true, "a": 1}');
  assert.equal(set("[]"), undefined);
});

test("what VS Code adds to a question by itself is told from what the user gave", () => {
  const added = [
    "vscode.customizations.index",
    "vscode.instructions.file.root__file:///project/AGENTS.md",
    "vscode.instructions.file.root__file:///project/.github/copilot-instructions.md",
    "vscode.instructions.file.reference__file:///project/style.instructions.md",
    "vscode.prompt.instructions.text",
    "vscode.prompt.instructions.root__file:///project/AGENTS.md",
    "vscode.prompt.instructions__file:///project/style.md",
  ];
  const given = [
    "file:///project/AGENTS.md",
    "vscode.implicit.file",
    "vscode.implicit.selection",
    "vscode.prompt.file__file:///project/.github/prompts/review.prompt.md",
    "vscode.instructions.file.root__file:///project/.github/instructions/style.instructions.md",
    "vscode.notebook.variable",
  ];

  assert.deepEqual(added.filter(isAddedByItself), added);
  assert.deepEqual(given.filter(isAddedByItself), []);
});
