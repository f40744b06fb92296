// A question to @llm for which the model reads a file: asked of the user, shown folded, and the file among what was used.

export default async (t) => {
  await t.write("note.txt", "the number is 42\n");
  await t.chat.open();
  await t.chat.send("@llm which number is in note.txt?");
  const asked = await t.message("note.txt");
  const buttons = await t.buttons("note.txt");
  await t.status("llm-ls asks");
  const meanwhile = await t.chat.answer("Waits for your answer");
  await t.shot("tool-asked");
  await t.press("note.txt", t.given.button);
  await t.chat.answer(t.given.answer);
  await t.gone(".statusbar-item", "llm-ls asks");
  await t.chat.footnote();
  const folded = await t.chat.answer(t.given.answer);
  await t.chat.unfold("Read file");
  await t.shot("tool-unfolded");
  const unfolded = await t.chat.answer(t.given.answer);
  return { asked, buttons, meanwhile, folded, unfolded, messages: await t.messages() };
};
