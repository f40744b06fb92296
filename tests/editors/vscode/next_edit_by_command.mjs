// Where next edits are off none is shown; the command of the palette makes one, and one undo takes it back.

export default async (t) => {
  const { before } = t.given;
  await t.status("tiny");
  await t.open("report.py", before);
  await t.select(1, 5, 1, 10);
  await t.typing.byHand("add_up");
  await t.typing.rest();
  const unasked = await t.typing.beside();
  await t.command("llm-ls: Make the Next Edit");
  const made = await saved(t, (text) => text.includes("print(add_up(values))"));
  await t.key("Control+Z");
  const undone = await saved(t, (text) => text !== made);
  return { unasked, made, undone, messages: await t.messages() };
};

async function saved(t, isRight) {
  return t.wait("the text on the disk", async () => {
    await t.key("Control+S");
    const text = t.read("report.py");
    return isRight(text) && text;
  });
}
