// An edit of three hunks: one is rejected, what is left is accepted at once, and that undone in one step.

import { BEFORE } from "./files.mjs";

export default async (t) => {
  await t.open("calc.py", BEFORE);
  await t.editAll("mend the signs");
  await t.see(".codelens-decoration", "Accept 3/3");
  await t.shot("review");
  await t.lens("Reject 2/3");
  await t.see(".codelens-decoration", "Accept 2/2");
  const afterReject = await t.shown();
  await t.lens("Accept all");
  await t.gone(".codelens-decoration");
  const accepted = await t.shown();
  await t.key("Control+Z");
  await t.shows(BEFORE);
  return { before: BEFORE, afterReject, accepted, messages: await t.messages() };
};
