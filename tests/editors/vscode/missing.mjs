// No server on this machine, and a uvx that cannot fetch one: what is said, and that a server is found once it is
// there, without a new window.

import { copyFileSync, writeFileSync } from "node:fs";

export default async (t) => {
  const said = await t.message("is not installed");
  const buttons = await t.buttons("is not installed");
  await t.shot("missing");
  await t.open("sum.py", "a = 1\n");
  await t.type("b = 2\n");
  await t.shows("b = 2\na = 1\n");
  writeFileSync(t.onPath("uvx"), "#!/bin/sh\necho 'no such package' >&2; exit 1\n", { mode: 0o755 });
  await t.press("is not installed", "Try Again");
  const unfetched = await t.buttons("could not fetch it");
  copyFileSync(t.given.program, t.onPath("llm-ls"));
  await t.press("could not fetch it", "Try Again");
  await t.status("gpt-test");
  return { said, buttons, unfetched };
};
