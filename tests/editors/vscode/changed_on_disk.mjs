// A file that another program changes while its edit is reviewed: what still fits is accepted, the rest is told.

import { BEFORE } from "./files.mjs";

export default async (t) => {
  await t.open("calc.py", BEFORE);
  await t.editAll("mend the signs");
  await t.see(".codelens-decoration", "Accept 3/3");
  const theirs = `# theirs\n${BEFORE.replace("sum(values) + 1", "math.fsum(values) + 1")}`;
  await t.write("calc.py", theirs);
  await t.shows(theirs);
  await t.see(".codelens-decoration", "no longer fit");
  await t.shot("changed-on-disk");
  await t.lens("Accept all");
  await t.gone(".codelens-decoration", "Accept");
  return { theirs, after: await t.shown(), messages: await t.messages() };
};
