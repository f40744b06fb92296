// An edit that is stopped while it comes: what has come is seen beside the code, and nothing is changed.

const BESIDE = () =>
  [...document.querySelectorAll(".view-line span")]
    .map((span) => getComputedStyle(span, "::after").content)
    .find((content) => content.includes("⋯"));

export default async (t) => {
  const before = "def add(a, b):\n    return a - b\n";
  await t.open("sum.py", before);
  await t.status("gpt-test");
  await t.select(2, 5);
  await t.key("Control+Alt+L");
  await t.answer("Edit with an instruction", "mend it");
  const beside = await t.wait("the answer", async () => {
    const content = await t.page.evaluate(BESIDE);
    return content?.includes("add") && content;
  });
  await t.see(".statusbar-item .codicon-loading");
  await t.press("mend it", "Cancel");
  await t.wait("the mark to be gone", async () => (await t.page.evaluate(BESIDE)) === undefined);
  await t.gone(".notification-list-item-message");
  return { beside, unchanged: (await t.shown()) === before };
};
