// A model proposes changes of five files in a chat; they are accepted from the message, and taken back by one undo.

import { existsSync } from "node:fs";
import { join } from "node:path";

const NAMES = ["a.py", "b.py", "n/n.py", "r.py", "m/s.py", "d.py"];
const TAB = ".tabs-container .tab";

export default async (t) => {
  for (const [name, text] of Object.entries(t.given.before)) await t.write(name, text);
  const disk = () =>
    Object.fromEntries(NAMES.filter((name) => existsSync(join(t.folder, name))).map((name) => [name, t.read(name)]));
  await t.open("a.py");
  await t.chat.open();
  await t.chat.send("@llm Count from two.");
  const ready = await t.message("ready to review");
  const untouched = disk();
  await t.shot("ready");
  await t.press("ready to review", "Accept All");
  const said = await t.message("Applied");
  const applied = disk();
  await (await t.see(TAB, "a.py")).click();
  await t.shows("a = 2\n");
  // VS Code shows the files that were not open only after a while.
  await t.page.locator(`${TAB}.dirty`).nth(3).waitFor({ state: "attached" });
  const unsaved = await t.page.locator(`${TAB}.dirty`).count();
  await t.shot("applied");
  await t.page.locator(".editor-group-container.active .view-lines").first().click();
  await t.key("Control+Z");
  await t.shows("a = 1\n");
  await t.see(TAB, "r.py");
  await t.shot("undone");
  return { ready, untouched, said, applied, unsaved, undone: disk() };
};
