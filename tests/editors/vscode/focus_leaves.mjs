// All of an edit is accepted, and the focus leaves the editor just then.

import { BEFORE } from "./files.mjs";

export default async (t) => {
  await t.open("calc.py", BEFORE);
  await t.editAll("mend the signs");
  await t.lens("Accept all");
  await t.command("Chat: Open Chat");
  await t.gone(".codelens-decoration");
  return { after: await t.shown() };
};
