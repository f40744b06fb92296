// A key that is typed into the box: it is tried, kept, and then used; it is nowhere in what VS Code writes.

export default async (t) => {
  await t.command("Developer: Set Log Level...");
  await t.pick("llm-ls");
  await t.pick("Trace");
  await t.command("llm-ls: Add an API Key…");
  await t.pick("OpenAI");
  await t.answer("API key of OpenAI", t.given.key);
  const said = await t.message("is kept");
  await t.clearMessages();
  await t.chat.open();
  await t.chat.send("@llm hello");
  await t.chat.answer("Hello.");
  await t.command("llm-ls: Show the Log");
  await t.wait("the log", () => t.holders("saveApiKey").length > 0);
  return { said, logs: t.holders("saveApiKey"), holders: t.holders(t.given.key) };
};
