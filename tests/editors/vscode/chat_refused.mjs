// Answers of `@llm` that fail: what is said, and what can be done about it.

import { execFileSync } from "node:child_process";

export default async (t) => {
  execFileSync("git", ["init", "--quiet", t.folder]);
  await t.chat.open();
  await t.chat.send("@llm hello");
  const failed = await t.chat.answer(t.given.says);
  await t.shot("chat-refused");
  await t.chat.send("@llm /explain");
  const nothing = await t.chat.answer("Select the code");
  await t.chat.send("@llm /commit");
  return { failed, nothing, commit: await t.chat.answer("Nothing is staged") };
};
