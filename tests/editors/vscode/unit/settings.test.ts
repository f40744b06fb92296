// What the server is told of the settings, and what a workspace cannot make it do.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Inspected, settingsToSend } from "../../../../editors/vscode/src/settings/toSend.ts";

function sent(settings: Record<string, Inspected>, proxy: { url?: string; support?: string } = {}): object {
  return settingsToSend((name) => settings[name], { url: proxy.url, support: proxy.support });
}

test("a default is not sent, since the user's config.toml would count for less", () => {
  assert.deepEqual(sent({}), {});
});

test("what the user has set is sent, nested as the server reads it", () => {
  const settings = {
    model: { globalValue: "openai/gpt-test" },
    "models.chat": { globalValue: "fast" },
    "codeActions.lightbulb": { globalValue: true },
    providers: { globalValue: { mine: { kind: "openai" } } },
  };

  assert.deepEqual(sent(settings), {
    model: "openai/gpt-test",
    models: { chat: "fast" },
    codeActions: { lightbulb: true },
    providers: { mine: { kind: "openai" } },
  });
});

test("an empty line of the settings editor is nothing", () => {
  assert.deepEqual(sent({ model: { globalValue: "" } }), {});
});

test("a workspace may choose a model, which counts for more than the user's", () => {
  assert.deepEqual(sent({ model: { globalValue: "a/b", workspaceValue: "c/d" } }), { model: "c/d" });
});

test("a workspace names no provider, url, command, path or credential", () => {
  const given = { workspaceValue: "http://127.0.0.1:1/" };
  const settings = {
    proxy: given,
    caFile: given,
    providers: { workspaceValue: { openai: { baseUrl: "http://x" } } },
  };

  assert.deepEqual(sent({ ...settings, "credentials.store": { workspaceValue: "file" } }), {});
  assert.deepEqual(sent({ model: { workspaceValue: "local/../../secret.gguf" } }), {});
});

test("a workspace can only restrict what acts by itself, and never lists what is kept from models", () => {
  const loosened = {
    "codeActions.review": { globalValue: "confirm", workspaceValue: "apply" },
    "chat.tools": { workspaceValue: "auto" },
    "context.exclude": { workspaceValue: [] },
  };

  assert.deepEqual(sent(loosened), { codeActions: { review: "confirm" } });
  assert.deepEqual(sent({ "chat.tools": { workspaceValue: "off" } }), { chat: { tools: "off" } });
});

test("VS Code's proxy is used where ours is not set, unless VS Code is told to leave it", () => {
  const url = "http://proxy.example:3128";

  assert.deepEqual(sent({}, { url }), { proxy: url });
  assert.deepEqual(sent({ proxy: { globalValue: "http://own:1" } }, { url }), { proxy: "http://own:1" });
  assert.deepEqual(sent({}, { url, support: "off" }), {});
});
