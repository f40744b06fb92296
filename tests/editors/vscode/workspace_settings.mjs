// A folder whose settings name a server and a provider of its own: neither is taken, and what may be set is.

export default async (t) => {
  await t.status("gpt-of-the-folder");
  await t.chat.open();
  await t.chat.send("@llm hello");
  await t.chat.answer("Hello.");
  return { servers: t.servers().length, messages: await t.messages() };
};
