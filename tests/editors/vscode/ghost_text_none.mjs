// A file that gets no ghost text from typing, nor where it is asked for.

export default async (t) => {
  await t.status("gpt-test");
  await t.open(t.given.name, "");
  await t.typing.byHand("TOKEN=");
  await t.typing.rest();
  if (t.given.asks) {
    await t.command("Trigger Inline Suggestion");
    await t.typing.rest();
  }
  return { ghost: await t.typing.ghostNow(), messages: await t.messages() };
};
