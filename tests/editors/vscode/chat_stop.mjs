// An answer of `@llm` that is asked for again, is on the screen while it comes, and is stopped.

export default async (t) => {
  await t.chat.open();
  await t.chat.send("@llm count");
  const notice = await t.chat.answer("again");
  const first = await t.chat.answer("One");
  await t.page.locator(".interactive-input-part .codicon-stop-circle").first().click();
  await t.gone(".interactive-input-part .codicon-stop-circle");
  await t.chat.send("@llm again");
  await t.chat.answer("Yes.");
  return { notice, first, messages: await t.messages() };
};
