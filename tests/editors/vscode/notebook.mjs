// An edit of a notebook's cell, which is shown as a diff, since VS Code draws nothing between the lines of a cell.

const CELL = { cell_type: "code", metadata: {}, execution_count: null, outputs: [] };
const METADATA = { language_info: { name: "python" } };

export default async (t) => {
  const cells = ["def add(a, b):\n    return a - b", "x = 1"].map((source) => ({
    ...CELL,
    source: [source],
  }));
  await t.write("sums.ipynb", JSON.stringify({ cells, metadata: METADATA, nbformat: 4, nbformat_minor: 5 }));
  await t.open("other.py", "x = 1\n");
  await t.status("gpt-test");
  await t.page.locator(".explorer-folders-view .monaco-list-row", { hasText: "sums.ipynb" }).dblclick();
  await (await t.see(".notebookOverlay .monaco-editor .view-line", "return")).click();
  await t.key("Control+Alt+L");
  await t.answer("Edit with an instruction", "mend it");
  await t.see(".tab.active", "sums.ipynb: Edit: mend it");
  await t.see(".monaco-diff-editor .view-line", /return.a.\+.b/);
  await t.key("Control+Shift+Enter");
  await t.see(".notebookOverlay .monaco-editor .view-line", /return.a.\+.b/);
  await t.gone(".tab", "Edit: mend it");
  return { messages: await t.messages() };
};
