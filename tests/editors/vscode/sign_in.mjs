// A device sign-in through VS Code's own dialogs, with the page in the browser; then an edit with that account.

import { BEFORE } from "./files.mjs";

export default async (t) => {
  await t.open("calc.py", BEFORE);
  await t.command("llm-ls: Sign In…");
  await t.pick("GitHub Copilot");
  const asked = await t.message("enter the code");
  await t.shot("sign-in");
  const code = /enter the code (\S+?)\./.exec(asked)[1];
  const opened = t.page.context().waitForEvent("page");
  await t.press("enter the code", "Open browser");
  const page = await opened;
  await page.fill("[name=user_code]", code);
  await page.click("text=Continue");
  const url = page.url();
  void page.close().catch(() => {}); // Chromium does not always say that it has closed a page which is still loading
  await t.page.bringToFront();
  const said = await t.message("is signed in");
  await t.clearMessages();
  await t.editAll("mend the signs");
  await t.lens("Accept all");
  await t.gone(".codelens-decoration");
  return { asked, url, said, after: await t.shown() };
};
