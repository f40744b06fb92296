// Questions to `@llm` about a selection: one in words, one by a command to the model that is then picked.

export default async (t) => {
  await t.open("sum.py", "def add(a, b):\n    return a + b\n");
  await t.select(1, 1, 2, 17);
  await t.chat.open();
  await t.write("more.py", "y = 1\n");
  await t.chat.send("@llm what is 6 times 7? @more.py");
  await t.chat.answer(t.given.answer);
  const footnote = await t.chat.footnote();
  const used = await t.chat.used();
  if (t.given.pick) await t.chat.pick(t.given.pick);
  await t.chat.send("@llm /explain");
  const explained = await t.chat.answer(t.given.explanation);
  await t.see(".interactive-session .chat-followups, .interactive-session .interactive-input-followups", "Write tests");
  await t.shot("chat");
  return { footnote, used, explained, messages: await t.messages() };
};
