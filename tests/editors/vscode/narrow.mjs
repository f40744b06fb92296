// The words above the first of several changes, in a narrow window: how far they reach, and where the text ends.

import { BEFORE } from "./files.mjs";

export default async (t) => {
  await t.open("calc.py", BEFORE);
  await t.editAll("mend the signs");
  const last = await t.page.locator(".codelens-decoration .codicon-diff").first().boundingBox();
  const ruler = await t.page.locator(".decorationsOverviewRuler").first().boundingBox();
  return { reach: last.x + last.width, end: ruler.x };
};
