// A server that is killed, first while nothing runs, then in the middle of an edit.

import { existsSync } from "node:fs";
import { BEFORE } from "./files.mjs";

export default async (t) => {
  await t.open("calc.py", BEFORE);
  await t.status("gpt-test");
  t.kill();
  await t.type("# one\n");
  await t.message("ended");
  await t.wait("another server", () => t.servers().length === 2);
  await t.status("gpt-test");
  await t.clearMessages();

  await t.key("Control+A", "Control+Alt+L");
  await t.answer("", "mend the signs");
  await t.wait("the vendor", () => existsSync(t.given.asked));
  t.kill();
  const said = await t.message("Nothing was changed");
  await t.key("Control+Home");
  await t.type("# two\n");
  await t.wait("a third server", () => t.servers().length === 3);
  await t.status("gpt-test");
  await t.clearMessages();

  await t.editAll("mend the signs");
  await t.lens("Accept all");
  await t.gone(".codelens-decoration");
  return { said, after: await t.shown(), servers: t.servers().map(({ runs }) => runs) };
};
