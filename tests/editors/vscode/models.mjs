// Choosing a model from the status bar, and reading what it explains beside the code.

const ROW = ".quick-input-list .monaco-list-row";

export default async (t) => {
  await t.open("sum.py", "def add(a, b):\n    return a + b\n");
  await t.status("gpt-test");
  await (await t.see(".statusbar-item", "gpt-test")).click();
  const choose = await t.see(ROW, "Choose the model");
  const menu = await t.rows();
  await choose.click();
  const other = await t.see(ROW, "gpt-other");
  const models = await t.rows();
  await other.click();
  await t.status("gpt-other");

  await t.select(2, 5);
  await t.command("llm-ls: Explain");
  await t.see(".tab", "explain-sum-py");
  await t.wait("the explanation", async () => {
    const texts = t.page.frames().map((frame) =>
      frame
        .locator("strong")
        .allInnerTexts()
        .catch(() => []),
    );
    return (await Promise.all(texts)).flat().includes("adds");
  });
  await t.status("Ln 2"); // the active editor is the code again
  await t.type("# still here");
  await t.wait("what is typed", async () => (await t.shown()).includes("# still here"));
  return { menu, models, code: await t.shown() };
};
