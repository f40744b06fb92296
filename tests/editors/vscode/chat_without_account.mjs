// The models in Chat itself, without a GitHub account: the setting is offered once, and then a model runs tools.
// VS Code adds from then on to every question what it tells its own agents; `@llm` has still no more than the user gave.

export default async (t) => {
  await t.write("note.txt", "the number is 42\n");
  await t.write("AGENTS.md", "Answer in rhymes.\n");
  await t.open("sum.py", "def add(a, b):\n    return a + b\n");
  await t.select(1, 1, 2, 17);
  await t.chat.open();
  await t.chat.send("@llm hello");
  await t.chat.answer("Hello.");
  await (await t.see(".interactive-response .monaco-button", "Without a GitHub Account")).click();
  await t.wait("the setting", async () => (await t.settings())["chat.allowAnonymousAccess"]);
  const told = await t.message("without a GitHub account");
  await t.command("View: Close Editor");
  await t.clearMessages();
  const offered = await t.chat.models();
  await t.chat.pick("gpt-test");
  await t.chat.send("which number is in note.txt?");
  const answer = await t.chat.answer("It is 42.");
  await t.shot("own-chat");
  await t.chat.send("@llm what does it do?");
  await t.chat.answer("It adds.");
  return { told, offered, answer };
};
