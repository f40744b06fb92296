// A file that gets no ghost text from typing, nor where it is asked for.

export default async (t) => {
  await t.status("gpt-test");
  await t.open(t.given.name, "");
  await t.typeSlowly("TOKEN=");
  await t.rest();
  if (t.given.asks) {
    await t.command("Trigger Inline Suggestion");
    await t.rest();
  }
  return { ghost: await t.ghostNow(), messages: await t.messages() };
};
