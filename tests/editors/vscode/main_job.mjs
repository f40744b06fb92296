// A code action with a comment prompt, from the menu to the review, its acceptance, and one undo.

const BEFORE = "# llm: add, do not subtract\ndef add(a, b):\n    return a - b\n";

export default async (t) => {
  await t.status("tiny");
  await t.open("sum.py", BEFORE);
  await t.select(2, 1, 3, 17);
  const offered = await t.actions();
  await t.key("Escape");
  await t.action("AI: Edit: add, do not subtract");
  await t.lens("Accept");
  await t.gone(".codelens-decoration");
  const after = await t.shown();
  await t.key("Control+Z");
  await t.shows(BEFORE);
  await t.command("Developer: Show Running Extensions");
  const row = await t.see(".runtime-extensions-editor .monaco-list-row", "llm-ls");
  return { offered, after, activation: await row.innerText(), messages: await t.messages() };
};
