// A function is renamed: its call, far below, is shown as the next edit, gone to, changed, undone; then dismissed.

const HINT = "⇥ print(add_up(values))";

export default async (t) => {
  const { before } = t.given;
  await t.status("tiny");
  await t.write("again.py", before);
  await t.open("report.py", before);
  await rename(t);
  await t.typing.seesBeside("⇥ next edit: line 37");
  await t.shot("next_edit_far");
  await t.key("Tab");
  const line = await t.status("Ln 37");
  await t.typing.seesBeside(HINT);
  const struck = await t.typing.struck();
  const beside = await t.typing.beside();
  await t.shot("next_edit");
  await t.key("Tab");
  await t.typing.nothingBeside();
  await t.key("Control+S");
  await t.wait("the edit on the disk", () => t.read("report.py").includes("print(add_up(values))"));
  const after = t.read("report.py");
  await t.key("Control+Z", "Control+S");
  await t.wait("the undone edit on the disk", () => t.read("report.py") !== after);
  const undone = t.read("report.py");
  await t.typing.rest();
  const afterUndo = await t.typing.beside();
  await t.open("again.py");
  await rename(t);
  await t.typing.seesBeside("⇥ next edit: line 37");
  await t.key("Escape");
  await t.typing.nothingBeside();
  await t.key("End", "Tab", "Control+S");
  await t.wait("the indentation on the disk", () => t.read("again.py").startsWith("def add_up(values): \n"));
  return { line, beside, struck, after, undone, afterUndo, messages: await t.messages() };
};

async function rename(t) {
  await t.select(1, 5, 1, 10);
  await t.typing.byHand("add_up");
}
