// A chat with @llm that is kept: a question asked otherwise and again, then found in the list, searched and opened.

const ROW = ".quick-input-list .monaco-list-row";
const DELETE = ".monaco-dialog-box .monaco-button";

export default async (t) => {
  await t.chat.open();
  await t.chat.send("@llm what is a monad?");
  await t.chat.answer("A burrito.");
  await t.chat.footnote();
  await t.chat.send("@llm and a functor?");
  await t.chat.answer("A box.");
  await t.chat.footnote();
  await t.chat.edit("and a functor?", "@llm and an applicative?");
  await t.chat.answer("Two boxes.");
  const footnote = await t.chat.footnote();
  await t.chat.again();
  await t.chat.answer("Three boxes.");
  await t.chat.footnote();
  await t.chat.edit("what is a monad?", "@llm what is a monoid?");
  await t.chat.answer("A category.");
  await t.chat.footnote();
  await t.shot("branches");

  await t.command("llm-ls: Open Conversation…");
  await t.see(ROW, "monad");
  const listed = await t.rows();
  await t.shot("history");
  await t.filter("applicative");
  const found = await t.wait("what is found", async () => (await t.rows()).some((row) => row.includes("monad")) && t.rows());
  await t.filter("nobody said this");
  const nothing = await t.wait("nothing", async () => (await t.rows()).some((row) => row.includes("Nothing")) && t.rows());
  await t.filter("");
  await t.rowButton("monad", "Rename");
  await t.answer("new title", "Burritos");
  const renamed = await t.wait("the new title", async () => (await t.rows()).find((row) => row.includes("Burritos")));
  await (await t.see(ROW, "Burritos")).click();
  await t.wait("the document", async () => (await t.shown()).includes("## Assistant"));
  const document = await t.shown();
  await t.type("And now?"); // the cursor is where the next question belongs
  await t.wait("what is typed", async () => (await t.shown()).includes("And now?"));
  const typed = await t.shown();
  await t.shot("document");

  await t.command("llm-ls: Open Conversation…");
  await t.rowButton("Burritos", "Delete");
  await (await t.see(DELETE, "Delete")).click();
  await t.wait("an empty list", async () => (await t.rows()).some((row) => row.includes("No conversation")));
  await t.key("Escape");
  await t.chat.send("@llm are you still there?");
  await t.chat.answer("Yes, I am.");
  await t.chat.footnote();
  return { footnote, listed, found, nothing, renamed, document, typed, messages: await t.messages() };
};
