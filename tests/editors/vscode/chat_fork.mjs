// A chat that is forked in VS Code goes on in a copy of what is kept, and so do both from then on.

export default async (t) => {
  await t.chat.open();
  for (const [question, answer] of [["one", "First."], ["two", "Second."]]) {
    await t.chat.send(`@llm ${question}`);
    await t.chat.answer(answer);
    await t.chat.footnote();
  }
  await t.chat.fork("two");
  for (const [question, answer] of [["three", "Third."], ["four", "Fourth."]]) {
    await t.chat.send(`@llm ${question}`);
    await t.chat.answer(answer);
    await t.chat.footnote();
  }
  await t.command("llm-ls: Open Conversation…");
  await t.see(".quick-input-list .monaco-list-row", "messages");
  return { listed: await t.rows(), messages: await t.messages() };
};
