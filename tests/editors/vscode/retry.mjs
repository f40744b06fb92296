// An edit that is asked for again: the new one takes the place of the old one.

import { BEFORE } from "./files.mjs";

export default async (t) => {
  await t.open("calc.py", BEFORE);
  await t.editAll("mend the signs");
  await t.see(".codelens-decoration", "Accept 3/3");
  await t.lensIcon("refresh");
  await t.gone(".codelens-decoration", "/3");
  await t.lens("Accept");
  await t.gone(".codelens-decoration");
  return { after: await t.shown(), messages: await t.messages() };
};
