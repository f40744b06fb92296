// Several suggestions once the user asks for another: next, next, previous; the one that is shown is accepted.

export default async (t) => {
  await t.status("gpt-test");
  await t.open("mean.py", "def mean(values):\n");
  await t.key("Control+End");
  await t.type("    ");
  const shown = [await t.typing.ghost(/./)];
  for (const key of ["Alt+]", "Alt+]", "Alt+["]) {
    await t.key(key);
    shown.push(await t.typing.ghostOtherThan(shown.at(-1)));
  }
  await t.shot("ghost_text_choice");
  await t.key("Tab");
  await t.typing.noGhost();
  return { shown, after: await t.shown(), messages: await t.messages() };
};
