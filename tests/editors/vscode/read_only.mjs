// A file that cannot be written: no model is asked, and a sentence says why.

import { chmodSync } from "node:fs";
import { BEFORE } from "./files.mjs";

export default async (t) => {
  chmodSync(await t.write("calc.py", BEFORE), 0o444);
  await t.open("calc.py");
  await t.key("Control+A");
  await t.command("llm-ls: Edit with an Instruction…");
  const said = await t.message("read-only");
  return { said, after: t.read("calc.py") };
};
