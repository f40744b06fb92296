// VS Code's own Chat as a scenario sees it: ask, read the answer, choose the model.

const INPUT = ".interactive-input-part .monaco-editor";
const MODEL = ".interactive-input-part .model-picker-item";
const ROW = ".action-widget .monaco-list-row.action";
const OTHERS = "Other Models";
const REQUEST = ".interactive-item-container.interactive-request";
const RESPONSE = ".interactive-item-container.interactive-response";

export class Chat {
  constructor(screen) {
    this.screen = screen;
  }

  /** Show the Chat view, with the cursor in its input; done when a model is picked. */
  async open() {
    await this.screen.command("Chat: Open Chat");
    await (await this.screen.see(INPUT)).click();
    await this.screen.see(MODEL, "llm-ls");
  }

  /** Send exactly this message, in the chat that is open. */
  async send(text) {
    await (await this.screen.see(INPUT)).click();
    await this.screen.key("Control+A", "Delete");
    await this.screen.type(text);
    await this.screen.key("Escape", "Enter");
  }

  /** Write another question in place of the one that holds `text`, and send that. */
  async edit(text, other) {
    const asked = this.screen.page.locator(REQUEST).filter({ hasText: text }).last();
    await asked.locator(".chat-request-text, .rendered-markdown").first().click();
    await this.screen.see(".interactive-session .interactive-request.editing, .interactive-session .editing");
    await this.screen.key("Control+A");
    await this.screen.type(other);
    await this.screen.key("Enter");
  }

  /** Fork the chat before the question that holds `text`; done when that is not there any more. */
  async fork(text) {
    const asked = this.screen.page.locator(REQUEST).filter({ hasText: text }).last();
    await asked.hover();
    await asked.locator(".chat-fork-action-label").click();
    await this.screen.gone(REQUEST, text);
  }

  /** Have the last question answered once more. */
  async again() {
    const last = this.screen.page.locator(RESPONSE).last();
    await last.hover();
    await last.locator(".codicon-refresh").click();
  }

  /** The files that the last answer has used, as they are listed. */
  async used() {
    const last = this.screen.page.locator(RESPONSE).last();
    await this.#unfoldSteps(last);
    await last.locator(".chat-used-context-label .monaco-button", { hasText: "Used" }).click();
    const row = last.locator(".chat-used-context .monaco-list-row");
    await row.first().waitFor();
    return row.allInnerTexts();
  }

  /** Unfold the steps of the last answer, and the one that holds `text`. */
  async unfold(text) {
    const last = this.screen.page.locator(RESPONSE).last();
    await this.#unfoldSteps(last);
    await last.locator(".chat-tool-invocation-part", { hasText: text }).locator(".monaco-button").first().click();
  }

  /** Wait for the last answer to hold `text`; the whole of it as it is shown. */
  async answer(text) {
    const last = this.screen.page.locator(RESPONSE).last();
    await this.screen.wait(`the answer ${JSON.stringify(text)}`, async () =>
      (await last.innerText({ timeout: 200 }).catch(() => "")).includes(text),
    );
    return last.innerText();
  }

  /** The line beneath the last answer, which is shown when the mouse is there. */
  async footnote() {
    const last = this.screen.page.locator(RESPONSE).last();
    await last.hover();
    return last.locator(".chat-response-model-details").innerText();
  }

  /** The models that the picker offers, each with what stands beside it. */
  async models() {
    await this.#openPicker();
    const rows = await this.screen.page.locator(ROW).allInnerTexts();
    await this.screen.key("Escape");
    return rows.filter((row) => row !== OTHERS);
  }

  /** Pick the model whose name is `name`. */
  async pick(name) {
    await this.#openPicker();
    await (await this.screen.see(ROW, name)).click();
    await this.screen.see(MODEL, name);
  }

  /** VS Code folds all that came before the answer, if it was several things. */
  async #unfoldSteps(response) {
    const summary = response.locator(".completed-response-summary");
    if (await summary.count()) await summary.click();
  }

  /** With the others than those last used shown too, which the picker remembers. */
  async #openPicker() {
    await (await this.screen.see(MODEL)).click();
    const others = await this.screen.see(ROW, OTHERS);
    if ((await this.screen.page.locator(ROW).last().innerText()) === OTHERS) await others.click();
  }
}
