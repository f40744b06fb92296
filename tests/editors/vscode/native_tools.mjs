// VS Code's own Chat, in its Agent mode with a model of ours, calls a tool of the server; VS Code asks for leave.

const SESSION = ".interactive-session";

export default async (t) => {
  await t.write("note.txt", "the number is 42\n");
  await t.chat.open();
  await t.chat.pick("gpt-test");
  await t.chat.send("which number is in note.txt?");
  await t.see(SESSION, "llm-ls: Read file?");
  const asked = await t.page.locator(SESSION).first().innerText();
  await t.shot("native-asked");
  await (await t.see(`${SESSION} .monaco-button`, "Allow")).click();
  const answer = await t.chat.answer("It is 42.");
  await t.shot("native-answered");
  return { asked, answer };
};
