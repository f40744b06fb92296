// Ghost text beside the list of words: it begins with the word that is selected there, and stays once that is chosen.

export default async (t) => {
  await t.status("tiny");
  await t.open("mine.py", "values_of_mine = 1\n");
  await t.key("Control+End");
  await t.typing.byHand("valu");
  await t.key("Control+Space");
  await t.see(".suggest-widget", "values_of_mine");
  const beside = await t.typing.ghost(/^es_of_mine_doubled/);
  await t.shot("ghost_text_list");
  await t.key("Tab");
  await t.typing.ghost(/^_doubled/);
  const chosen = await t.shown();
  await t.key("Tab");
  await t.typing.noGhost();
  return { beside, chosen, after: await t.shown(), messages: await t.messages() };
};
