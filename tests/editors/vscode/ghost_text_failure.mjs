// A vendor that refuses: typing tells of it once, asking by a key each time, and the text stays as it is.

export default async (t) => {
  await t.status("gpt-test");
  await t.open("mean.py", "def mean(values):\n");
  await t.key("Control+End");
  await t.typing.byHand("    a ");
  const said = await t.message("refused");
  await t.typing.byHand("b c d ");
  await t.typing.rest();
  const whileTyping = await t.messages();
  await t.clearMessages();
  await t.command("Trigger Inline Suggestion");
  const asked = await t.message("llm-ls");
  return { said, whileTyping, asked, after: await t.shown() };
};
