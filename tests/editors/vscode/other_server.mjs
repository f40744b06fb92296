// A program of the same name, or an old one of ours: what is said when something is asked of it.

export default async (t) => {
  await t.open("sum.py", "a = 1\n");
  if (t.given.asks) await t.command("llm-ls: Edit with an Instruction…");
  const said = await t.message(t.given.says);
  await t.key("Control+Home");
  await t.type("b = 2\n");
  await t.shows("b = 2\na = 1\n");
  return { said, messages: await t.messages() };
};
