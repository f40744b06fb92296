// Ghost text: typed along, then accepted by a word, a line and the whole, and undone.

export default async (t) => {
  await t.status("tiny");
  await t.open("mean.py", "def mean(values):\n");
  await t.key("Control+End");
  await t.type("    ");
  await t.typing.ghost(/^total = sum\(values\)/);
  await t.shot("ghost_text");
  const away = await t.typing.ghostlessFrames(() => t.typing.byHand("tot"));
  const typed = await t.typing.ghost(/^al = sum/);
  await t.key("Control+ArrowRight");
  await t.typing.ghost(/^ = sum/);
  const word = await t.shown();
  await t.key("Control+Alt+ArrowRight");
  await t.typing.ghost(/^ {4}return total/);
  const line = await t.shown();
  await t.key("Tab"); // where a suggestion begins with an indentation, VS Code indents first
  await t.typing.ghost(/^return total/);
  await t.key("Tab");
  await t.typing.noGhost();
  const whole = await t.shown();
  await t.key("Control+Z");
  await t.wait("the whole to be undone", async () => (await t.shown()) !== whole);
  const undone = await t.shown();
  return { away, typed, word, line, whole, undone, messages: await t.messages() };
};
