// A chat in a Markdown document: what is selected is asked about, a file mentioned by completion, the answer in place.

const SUGGESTED = ".suggest-widget .monaco-list-row";

export default async (t) => {
  await t.write("src/other.py", "x = 6 * 7\n");
  await t.open("sum.py", "def add(a, b):\n    return a + b\n");
  await t.select(1, 1, 2, 17);
  await t.command("llm-ls: New Chat Document");
  await t.wait("the document", async () => (await t.shown()).includes("## You"));
  const begun = await t.shown();
  await t.shot("chat-document-begun");
  await t.type("compare it with @src/oth");
  await (await t.see(SUGGESTED, "other.py")).waitFor();
  await t.shot("chat-document-completion");
  await t.key("Tab");
  const mentioned = await t.shown();
  await t.key("Control+Enter");
  await t.wait("the answer", async () => (await t.shown()).includes(t.given.answer));
  await t.wait("the next question", async () => (await t.shown()).trimEnd().endsWith("## You"));
  await t.status(", Col 1"); // the cursor has come along
  await t.type("Really?");
  await t.wait("the next question", async () => (await t.shown()).trimEnd().endsWith("## You\n\nReally?"));
  await t.shot("chat-document");
  await (await t.see(".editor-actions .codicon-refresh")).click();
  await t.wait("the other answer", async () => (await t.shown()).includes(t.given.other));
  return { begun, mentioned, after: await t.shown(), messages: await t.messages() };
};
