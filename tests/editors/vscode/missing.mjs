// No server on this machine: what is said, and that it is found once it is there, without a new window.

import { copyFileSync } from "node:fs";

export default async (t) => {
  const said = await t.message("is not installed");
  const buttons = await t.buttons("is not installed");
  await t.shot("missing");
  await t.open("sum.py", "a = 1\n");
  await t.type("b = 2\n");
  await t.shows("b = 2\na = 1\n");
  copyFileSync(t.given.program, t.onPath("llm-ls"));
  await t.press("is not installed", "Try Again");
  await t.status("gpt-test");
  return { said, buttons };
};
