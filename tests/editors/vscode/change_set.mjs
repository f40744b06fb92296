// A model proposes changes of two files and a third to be created: looked at as one diff, accepted as one, taken back.

import { existsSync } from "node:fs";
import { join } from "node:path";

const A = "def total(v):\n    return sum(v)\n";
const B = "from a import total\n";
const TAB = ".tab";

export default async (t) => {
  const isThere = (name) => existsSync(join(t.folder, name));
  await t.write("b.py", B);
  await t.open("a.py", A);
  await t.chat.open();
  await t.chat.send("@llm rename total");
  const told = await t.message("ready to review");
  await t.press("ready to review", "Review");
  await t.see(".multiDiffEntry .title", "notes.md");
  await t.shot("change-set");
  await (await t.see(".editor-actions .codicon-check-all")).click();
  await t.gone(TAB, "Rename total");
  const applied = await t.message("Applied");
  await (await t.see(TAB, "a.py")).click();
  await t.shows(A.replace("total", "add_up"));
  await t.shot("change-set-accepted");
  const created = isThere("notes.md");
  await t.page.locator(".editor-group-container.active .monaco-editor .view-lines").first().click();
  await t.key("Control+Z");
  await t.shows(A);
  await t.wait("the created file to be gone", () => !isThere("notes.md"));
  await t.open("b.py"); // VS Code itself opens it only after a while
  await t.shows(B);
  await t.shot("change-set-undone");
  return { told, applied, created };
};
