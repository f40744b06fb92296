// A commit message: nothing staged, then stopped while it comes, then whole.

import { execFileSync } from "node:child_process";

const BUTTON = ".pane-header .action-label[aria-label^='Generate a Commit Message']";
const STOP = ".pane-header .action-label[aria-label^='Stop Generating']";

export default async (t) => {
  const git = (...words) => execFileSync("git", words, { cwd: t.folder });
  const box = async () =>
    (await t.page.locator(".scm-editor .view-lines").innerText()).replaceAll("\u00a0", " ");
  const holds = (text) =>
    t.wait(`the box to hold ${JSON.stringify(text)}`, async () => (await box()) === text);
  git("init", "--quiet");
  await t.open("sum.py", "a = 1\n");
  await t.status("gpt-test");
  await t.key("Control+Shift+G");
  await t.see(".scm-view .resource-group", "Changes");
  const header = t.page.locator(".pane-header", { hasText: "Changes" }).first();
  const press = async (selector) => {
    await header.hover(); // its buttons are there only under the mouse
    await (await t.see(selector)).click();
  };
  await t.page.locator(".scm-editor .view-line").first().click();
  await t.type("wip");
  await press(BUTTON);
  const nothingStaged = await t.message("Nothing is staged");
  await holds("wip");
  git("add", "sum.py");
  await t.see(".scm-view .resource-group", "Staged Changes");

  await press(BUTTON);
  await holds("Add a ");
  await press(STOP);
  await holds("wip");

  await press(BUTTON);
  await holds("Add a sum");
  await header.hover();
  await t.see(BUTTON);
  return { nothingStaged };
};
