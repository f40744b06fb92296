// Drives VS Code in a browser for a scenario; `tests/rigs/code_server.py` says how one is played.

import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { Chat } from "./vscode_chat.mjs";
import { GHOST, Typing } from "./vscode_typing.mjs";

const play = JSON.parse(process.env.LLM_LS_PLAY);
const { chromium } = await import(play.playwright);

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-dev-shm-usage",
  "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1, EXCLUDE localhost",
];
const LINES =
  ".editor-group-container.active .editor-instance > .monaco-editor > .overflow-guard " +
  "> .editor-scrollable > .lines-content > .view-lines > .view-line";
const ASK_AGAIN_MS = 5_000;
const LENS = ".codelens-decoration";
const ROWS = ".quick-input-list .monaco-list-row";

class Screen {
  /** What the scenario was given by the test, and the folder that VS Code shows. */
  given = play.given;
  folder = play.project;
  chat = new Chat(this);
  typing = new Typing(this);

  constructor(browser) {
    this.browser = browser;
  }

  /** Open VS Code in a new page, closing the one before; done when our extension shows what the server does. */
  async start() {
    await this.page?.context().close();
    const [width, height] = play.size;
    const context = await this.browser.newContext({ viewport: { width, height } });
    this.page = await context.newPage();
    await this.page.goto(`${play.url}/?folder=${encodeURIComponent(this.folder)}`);
    await this.page.waitForSelector(".explorer-folders-view .monaco-list", { timeout: play.patienceMs });
    await this.page.waitForSelector("[id='llm-ls.llm-ls.llm-ls.status']", { timeout: play.patienceMs });
  }

  /** Wait until `condition` gives something true, and give that; fails with `what` when it does not in time. */
  async wait(what, condition, patienceMs = play.patienceMs) {
    const ends = Date.now() + patienceMs;
    for (;;) {
      const held = await condition();
      if (held) return held;
      if (Date.now() > ends) throw new Error(`waited in vain for ${what}`);
      await setTimeout(20);
    }
  }

  /** Wait for an element that matches `selector` and holds `text`, and give it. */
  async see(selector, text = "") {
    const found = this.page.locator(selector).filter({ hasText: text, visible: true }).first();
    await found.waitFor({ timeout: play.patienceMs });
    return found;
  }

  /** Wait until no element matches `selector` and holds `text`. */
  async gone(selector, text = "") {
    const found = this.page.locator(selector).filter({ hasText: text, visible: true });
    await this.wait(`${selector} ${text} to be gone`, async () => (await found.count()) === 0);
  }

  /** Write a file of the folder. */
  async write(name, text) {
    const file = join(this.folder, name);
    await mkdir(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }

  /** What a file of the folder holds on the disk. */
  read(name) {
    return readFileSync(join(this.folder, name), "utf8");
  }

  /** Open a file, first writing `text` to it where that is given; the cursor is then in it. */
  async open(name, text) {
    if (text !== undefined) await this.write(name, text);
    await this.key("Control+P");
    await this.#fill(name);
    await this.see(ROWS, name.split("/").at(-1));
    await this.key("Enter");
    await this.see(".tab.active", name.split("/").at(-1));
    await this.gone(".quick-input-widget");
    await this.page.locator(".editor-group-container.active .monaco-editor.focused").first().waitFor();
  }

  /** Press keys, such as "Control+S" or "Enter", one after the other. */
  async key(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Type into whatever has the focus. */
  async type(text) {
    await this.page.keyboard.type(text);
  }

  /** Run a command of the palette by the title that it has there. */
  async command(title) {
    await this.key("F1");
    await this.#fill(`>${title}`);
    await (await this.#row(title)).click();
  }

  /** Put the cursor at a line and column, both from 1; with a second pair, select up to there. */
  async select(line, column, lastLine, lastColumn) {
    await this.#goTo(line, column);
    if (lastLine === undefined) return;
    await this.key("Control+K", "Control+B");
    await this.#goTo(lastLine, lastColumn);
    await this.key("Control+K", "Control+K");
  }

  async #goTo(line, column) {
    await this.key("Control+G");
    await this.#fill(`:${line}:${column}`);
    await this.key("Enter");
    await this.gone(".quick-input-widget");
  }

  /** The code actions that are offered at the cursor, in their order; the list stays open. */
  async actions() {
    const row = ".action-widget .monaco-list-row.action";
    await this.wait("the code actions", async () => {
      await this.key("Control+."); // VS Code drops it while a list that was just closed fades away
      return this.page.locator(row).first().waitFor({ timeout: ASK_AGAIN_MS }).then(() => true, () => false);
    });
    return this.page.locator(".action-widget .monaco-list-row.action").allInnerTexts();
  }

  /** Run the code action of that title at the cursor. */
  async action(title) {
    await this.actions();
    await (await this.see(".action-widget .monaco-list-row.action", title)).click();
  }

  /** Ask for an edit of the whole active document, and wait until it is there to be reviewed. */
  async editAll(instruction) {
    await this.key("Control+A", "Control+Alt+L");
    await this.answer("", instruction);
    await this.see(LENS, "Accept");
  }

  /** Click on one of the words above a line of code. */
  async lens(text) {
    await (await this.see(`${LENS} a`, text)).click();
  }

  /** Click on one of the icons above a line of code. */
  async lensIcon(name) {
    await (await this.see(`${LENS} a .codicon-${name}`)).click();
  }

  /** The text that the active editor shows, as far as it fits, without ghost text. */
  async shown() {
    const lines = await this.page.locator(LINES).evaluateAll((all, ghost) => {
      const written = (line) => {
        const copy = line.cloneNode(true);
        for (const part of copy.querySelectorAll(ghost)) part.remove();
        return copy.textContent;
      };
      return all
        .map((line) => [Number.parseFloat(line.style.top), written(line)])
        .sort((one, other) => one[0] - other[0])
        .map(([, text]) => text);
    }, GHOST);
    return lines.join("\n").replaceAll("\u00a0", " ");
  }

  /** Wait until the active editor shows exactly `text`. */
  async shows(text) {
    await this.wait(`the text ${JSON.stringify(text)}`, async () => (await this.shown()) === text).catch(
      async (error) => {
        throw new Error(`${error.message}; it is ${JSON.stringify(await this.shown())}`);
      },
    );
  }

  /** Choose the row with that label in the list that is open. */
  async pick(label) {
    await this.#fill(label);
    await (await this.#row(label)).click();
  }

  /** Type into the field above the list that is open. */
  async filter(text) {
    await this.#fill(text);
  }

  /** Press the button of that name in the row that holds `text`. */
  async rowButton(text, name) {
    const row = await this.see(ROWS, text);
    await row.hover();
    await row.locator(`.action-label[aria-label^="${name}"]`).click();
  }

  /** The rows of the list that is open. */
  async rows() {
    await this.see(ROWS);
    return this.page.locator(ROWS).allInnerTexts();
  }

  /** Type a line into the box that asks for one, once its prompt holds `prompt`. */
  async answer(prompt, text) {
    await this.see(".quick-input-widget", prompt);
    await this.#fill(text);
    await this.key("Enter");
  }

  /** Wait for a message that holds `text`; the whole of it. */
  async message(text) {
    const found = await this.see(".notification-list-item-message", text);
    return found.innerText();
  }

  /** Press a button of the message that holds `text`. */
  async press(text, button) {
    const message = await this.see(".notifications-toasts .notification-list-item", text);
    await message.locator(".monaco-button", { hasText: button }).click();
  }

  /** Take all messages off the screen, since they cover what is under them. */
  async clearMessages() {
    await this.command("Notifications: Clear All Notifications");
    await this.gone(".notifications-toasts .notification-list-item");
  }

  /** The buttons of the message that holds `text`. */
  async buttons(text) {
    const message = await this.see(".notifications-toasts .notification-list-item", text);
    return message.locator(".notification-list-item-buttons-container .monaco-text-button").allInnerTexts();
  }

  /** All messages that are on the screen. */
  async messages() {
    return this.page.locator(".notification-list-item-message").allInnerTexts();
  }

  /** Wait for an item of the status bar that holds `text`; the whole of it. */
  async status(text) {
    const found = await this.see(".statusbar-item", text);
    return found.innerText();
  }

  /** The servers that were started, by their process ids, and whether each still runs. */
  servers() {
    const started = readFileSync(join(play.rig, "pids"), "utf8").trim().split("\n").filter(Boolean).map(Number);
    return started.map((pid) => ({ pid, runs: isRunning(pid) }));
  }

  /** Kill the server that runs. */
  kill() {
    process.kill(this.servers().find(({ runs }) => runs).pid, "SIGKILL");
  }

  /** Close the window, as a person does. */
  async close() {
    await this.page.close({ runBeforeUnload: true });
  }

  /** The path that a program of that name has on `PATH`. */
  onPath(name) {
    return join(play.rig, "bin", name);
  }

  /** The files that VS Code has written, logs and all, that hold `text`. */
  holders(text) {
    const files = readdirSync(join(play.rig, "data"), { recursive: true, withFileTypes: true });
    return files
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name))
      .filter((file) => readFileSync(file).includes(text));
  }

  /** The user's settings, as VS Code has them on the disk, once it has written them whole. */
  async settings() {
    return this.wait("the whole settings", () => {
      try {
        return JSON.parse(readFileSync(join(play.rig, "data/User/settings.json"), "utf8"));
      } catch {
        return null;
      }
    });
  }

  /** A picture of the window, named `name`, where pictures are wanted. */
  async shot(name) {
    if (play.shots) await this.page.screenshot({ path: join(play.shots, `${name}.png`) });
  }

  /** Wait for the row of the list that is open whose label, without what stands beside it, is `label`. */
  async #row(label) {
    return this.wait(`the row ${label}`, async () => {
      for (const shown of await this.page.locator(ROWS).all()) {
        const said = await shown.getAttribute("aria-label", { timeout: 200 }).catch(() => null);
        if (said === label || said?.startsWith(`${label},`)) return shown;
      }
      return null;
    });
  }

  async #fill(text) {
    const input = this.page.locator(".quick-input-widget input.input").first();
    await input.waitFor({ timeout: play.patienceMs });
    await input.fill(text);
  }

  /** What a person would see now, for the report of a failure. */
  async seen() {
    const picture = join(mkdtempSync(join(tmpdir(), "vscode-failed-")), "screen.png");
    await this.page.screenshot({ path: picture });
    return { picture, messages: await this.messages(), text: await this.shown() };
  }
}

function isRunning(pid) {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

// A test that is killed leaves nothing behind: its end closes our input.
process.stdin.resume().on("end", () => {
  process.kill(-play.process, "SIGTERM");
  process.exit(1);
});

const browser = await chromium.launch({ executablePath: play.chromium, args: FLAGS });
const screen = new Screen(browser);
let outcome;
try {
  const scenario = await import(pathToFileURL(play.scenario));
  await screen.start();
  outcome = { result: await scenario.default(screen) };
} catch (error) {
  const seen = await screen.seen().catch((blind) => `nothing: ${blind.message}`);
  outcome = { error: error.stack, seen: JSON.stringify(seen) };
}
writeFileSync(play.outcome, JSON.stringify(outcome));
await browser.close();
process.exit();
