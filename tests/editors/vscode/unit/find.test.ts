// Where the server is looked for, and in which order.

import assert from "node:assert/strict";
import { test } from "node:test";
import { findServer, type Machine } from "../../../../editors/vscode/src/server/find.ts";

function machine(files: string[], path: string, platform: NodeJS.Platform = "linux"): Machine {
  const home = platform === "win32" ? "C:\\Users\\ada" : "/home/ada";
  return { platform, home, env: { PATH: path }, isExecutable: (file) => files.includes(file) };
}

test("the setting comes first", () => {
  const found = findServer("/opt/llm-ls", machine(["/opt/llm-ls", "/usr/bin/llm-ls"], "/usr/bin"));

  assert.deepEqual(found, { command: "/opt/llm-ls", args: ["--stdio"], origin: "setting" });
});

test("the setting may be a name on PATH, or begin with the home folder", () => {
  const here = machine(["/usr/bin/llm-dev", "/home/ada/bin/llm-ls"], "/usr/bin");

  assert.deepEqual(findServer("llm-dev", here), {
    command: "/usr/bin/llm-dev",
    args: ["--stdio"],
    origin: "setting",
  });
  assert.deepEqual(findServer("~/bin/llm-ls", here), {
    command: "/home/ada/bin/llm-ls",
    args: ["--stdio"],
    origin: "setting",
  });
});

test("a setting that names nothing is told, though there is one on PATH", () => {
  const found = findServer("/gone/llm-ls", machine(["/usr/bin/llm-ls"], "/usr/bin"));

  assert.deepEqual(found, { missing: "setting", path: "/gone/llm-ls" });
});

test("without a setting it is llm-ls on PATH, in the order of PATH", () => {
  const found = findServer("", machine(["/a/llm-ls", "/b/llm-ls", "/a/uvx"], "/empty:/b:/a"));

  assert.deepEqual(found, { command: "/b/llm-ls", args: ["--stdio"], origin: "path" });
});

test("where uv and pipx install counts even if PATH lacks it", () => {
  const found = findServer("", machine(["/home/ada/.local/bin/llm-ls"], "/usr/bin"));

  assert.deepEqual(found, { command: "/home/ada/.local/bin/llm-ls", args: ["--stdio"], origin: "path" });
});

test("uvx fetches it where only uv is there", () => {
  const found = findServer("", machine(["/usr/bin/uvx"], "/usr/bin"));

  assert.deepEqual(found, { command: "/usr/bin/uvx", args: ["llm-ls", "--stdio"], origin: "uvx" });
});

test("nothing anywhere is told", () => {
  assert.deepEqual(findServer("  ", machine([], "")), { missing: "everywhere" });
});

test("on Windows programs have endings", () => {
  const found = findServer("", machine(["C:\\Tools\\llm-ls.exe"], "C:\\Windows;C:\\Tools", "win32"));

  assert.deepEqual(found, { command: "C:\\Tools\\llm-ls.exe", args: ["--stdio"], origin: "path" });
});
