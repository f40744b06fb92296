// A next edit is shown while there is ghost text, and while the list of words is open: Tab takes those.

const WAY = "⇥ next edit: line 37";

export default async (t) => {
  await t.status("tiny");
  await t.open("report.py", t.given.before);
  await t.select(1, 5, 1, 10);
  await t.typing.byHand("add_up");
  const ghost = await t.typing.ghost(/./);
  await t.typing.seesBeside(WAY);
  await t.shot("next_edit_and_ghost");
  await t.key("Tab");
  await t.wait("the ghost text in the text", async () => (await line(t, 1)) === "def add_up_all(values):");
  const afterGhost = await line(t, 1);
  await t.status("Ln 1");
  await t.select(2, 5);
  await t.typing.byHand("re");
  await t.see(".suggest-widget", "re");
  await t.typing.seesBeside(WAY);
  await t.shot("next_edit_and_list");
  await t.key("Tab");
  await t.gone(".suggest-widget");
  await t.status("Ln 2");
  return { ghost, afterGhost, afterList: await line(t, 2), messages: await t.messages() };
};

async function line(t, number) {
  return (await t.shown()).split("\n")[number - 1];
}
