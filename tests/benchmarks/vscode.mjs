// What a person waits for in VS Code's Chat: the first character of an answer, and then its updates on the screen.

const WATCHED_MS = 4000;
const RESPONSE = ".interactive-item-container.interactive-response";
const STOP = ".interactive-input-part .codicon-stop-circle";

export default async (t) => {
  const activations = await activationsOf(t);
  await t.chat.open();
  const firstMs = [];
  const updates = [];
  for (let round = 0; round < t.given.rounds; round += 1) {
    const seen = t.page.evaluate(watch, [RESPONSE, round, WATCHED_MS]);
    await t.chat.send("@llm count");
    const { first, changes } = await seen;
    firstMs.push(first);
    updates.push((changes * 1000) / WATCHED_MS);
    await (await t.see(STOP)).click();
    await t.gone(STOP);
  }
  return { activations, firstMs, updates };
};

/** The extension host's own figures, by extension. */
async function activationsOf(t) {
  await t.command("Developer: Show Running Extensions");
  const row = ".runtime-extensions-editor .monaco-list-row";
  await t.see(row, "llm-ls");
  const rows = await t.page.locator(row).allInnerTexts();
  await t.command("View: Close Editor");
  return Object.fromEntries(
    rows.flatMap((text) => {
      const time = /Activation: (\d+)ms/.exec(text);
      return time ? [[text.split("\n")[0], Number(time[1])]] : [];
    }),
  );
}

/** In the page: from the last Enter to the first text of the response after `before` others, and how often it changes. */
function watch([selector, before, watchedMs]) {
  return new Promise((resolve) => {
    let pressed = 0;
    let began = 0;
    let text = "";
    let changes = 0;
    const listen = (event) => {
      if (event.key === "Enter") pressed = performance.now();
    };
    document.addEventListener("keydown", listen, true);
    const look = () => {
      const now = performance.now();
      const shown = document.querySelectorAll(`${selector} .value .rendered-markdown`)[before]?.textContent ?? "";
      if (pressed && shown !== "" && !began) began = now;
      if (began && shown !== text) changes += 1;
      text = shown;
      if (!began || now - began < watchedMs) return requestAnimationFrame(look);
      document.removeEventListener("keydown", listen, true);
      return resolve({ first: began - pressed, changes });
    };
    requestAnimationFrame(look);
  });
}
