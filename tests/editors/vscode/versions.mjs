// A question is asked otherwise; from the list of conversations, the chat as it was before is opened in a copy.

const ROW = ".quick-input-list .monaco-list-row";

export default async (t) => {
  await t.chat.open();
  await t.chat.send("@llm what is a monad?");
  await t.chat.answer("A burrito.");
  await t.chat.footnote();
  await t.chat.edit("what is a monad?", "@llm what is a monoid?");
  await t.chat.answer("A category.");
  await t.chat.footnote();
  await t.command("llm-ls: Open Conversation…");
  await t.rowButton("monad", "Other versions");
  const version = await t.see(ROW, "a question");
  const versions = await t.rows();
  await t.shot("versions");
  await version.click();
  await t.wait("the document", async () => (await t.shown()).includes("A burrito."));
  return { versions, opened: await t.shown(), messages: await t.messages() };
};
