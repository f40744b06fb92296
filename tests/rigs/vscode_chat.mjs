// VS Code's own Chat as a scenario sees it: ask, read the answer, choose the model.

const INPUT = ".interactive-input-part .monaco-editor";
const RESPONSE = ".interactive-item-container.interactive-response";

export class Chat {
  constructor(screen) {
    this.screen = screen;
  }

  /** Show the Chat view, with the cursor in its input. */
  async open() {
    await this.screen.command("Chat: Open Chat");
    await (await this.screen.see(INPUT)).click();
  }

  /** Send a message, in the chat that is open. */
  async send(text) {
    await (await this.screen.see(INPUT)).click();
    await this.screen.type(text);
    await this.screen.key("Escape", "Enter");
  }

  /** Wait for the last answer to hold `text`; the whole of it as it is shown. */
  async answer(text) {
    const last = this.screen.page.locator(RESPONSE).last();
    await this.screen.wait(`the answer ${JSON.stringify(text)}`, async () =>
      (await last.innerText({ timeout: 200 }).catch(() => "")).includes(text),
    );
    return last.innerText();
  }
}
