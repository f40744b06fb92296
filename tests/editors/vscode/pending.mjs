// Edits of two files wait: both are listed, and each is reviewed where it is.

import { BEFORE } from "./files.mjs";

const ROW = ".quick-input-list .monaco-list-row";

export default async (t) => {
  await t.write("two.py", BEFORE);
  await t.open("one.py", BEFORE);
  await t.status("gpt-test");
  await t.editAll("mend the signs");
  await t.open("two.py");
  await t.editAll("mend the signs");
  await t.command("llm-ls: Pending Edits…");
  const first = await t.see(ROW, "one.py");
  const listed = await t.rows();
  await first.click();
  await t.see(".tab.active", "one.py");
  await t.key("Control+Shift+Enter");
  await t.gone(".codelens-decoration");
  const accepted = await t.shown();
  await (await t.see(".tab", "two.py")).click();
  await t.lens("Reject all");
  await t.gone(".codelens-decoration");
  return { listed, accepted, rejected: await t.shown(), messages: await t.messages() };
};
