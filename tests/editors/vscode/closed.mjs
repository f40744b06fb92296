// A window that is closed while an answer streams: the server ends with it.

export default async (t) => {
  await t.status("gpt-test");
  await t.chat.open();
  await t.chat.send("@llm count");
  await t.chat.answer("One");
  const before = t.servers().map(({ runs }) => runs);
  await t.close();
  await t.wait("the end of the server", () => t.servers().every(({ runs }) => !runs));
  return { before };
};
