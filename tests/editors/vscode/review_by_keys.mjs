// Keys that work only while a change is shown: the first hunk is accepted, the second rejected, the third by typing.

import { BEFORE } from "./files.mjs";

export default async (t) => {
  await t.open("calc.py", BEFORE);
  await t.editAll("mend the signs");
  await t.key("Control+Alt+Y");
  await t.see(".codelens-decoration", "Accept 2/2");
  const first = await t.shown();
  await t.key("Control+Alt+N");
  await t.gone(".codelens-decoration", "2/2");
  const second = await t.shown();
  await t.select(1, 1);
  await t.type("# checked\n");
  await t.see(".codelens-decoration", "Accept");
  await t.key("Control+Shift+Enter");
  await t.gone(".codelens-decoration");
  const all = await t.shown();
  await t.key("Control+End", "Control+Alt+Y", "Control+Shift+Enter");
  return { first, second, all, after: await t.shown(), messages: await t.messages() };
};
