// What a scenario sees while it types: ghost text, and what is drawn of the next edit.

import { setTimeout } from "node:timers/promises";

/** The pieces of ghost text. */
export const GHOST = "[class*=ghost-text-decoration]";
const DECORATED = ".editor-group-container.active .view-lines span[class*=ced-]";
const KEY_MS = 83; // twelve keys a second
const REST_MS = 1_500; // several times what the server waits for a pause

export class Typing {
  constructor(screen) {
    this.screen = screen;
  }

  /** Type as fast as a person who types fast. */
  async byHand(text) {
    await this.screen.page.keyboard.type(text, { delay: KEY_MS });
  }

  /** Let pass the time in which a suggestion would have come. */
  async rest() {
    await setTimeout(REST_MS);
  }

  /** The ghost text that is shown now, empty if none is. */
  async ghostNow() {
    const parts = await this.screen.page.locator(GHOST).allTextContents();
    return parts.join("").replaceAll("\u00a0", " ");
  }

  /** Wait for ghost text that matches `pattern`; the whole of it. */
  async ghost(pattern) {
    return this.screen.wait(`ghost text ${pattern}`, async () => {
      const now = await this.ghostNow();
      return pattern.test(now) && now;
    });
  }

  /** Wait for ghost text that is not `earlier`; the whole of it. */
  async ghostOtherThan(earlier) {
    return this.screen.wait(`ghost text other than ${earlier}`, async () => {
      const now = await this.ghostNow();
      return now !== earlier && now;
    });
  }

  /** What extensions write beside the lines that are shown. */
  async beside() {
    return this.screen.page.locator(DECORATED).evaluateAll((all) =>
      all
        .map((part) => getComputedStyle(part, "::after").content)
        .filter((content) => content.startsWith('"'))
        .map((content) => JSON.parse(content).replaceAll("\u00a0", " ")),
    );
  }

  /** Wait until `text` is written beside a line. */
  async seesBeside(text) {
    await this.screen.wait(`${text} beside a line`, async () => (await this.beside()).includes(text));
  }

  /** Wait until nothing is written beside a line. */
  async nothingBeside() {
    await this.screen.wait("nothing beside the lines", async () => (await this.beside()).length === 0);
  }

  /** Wait for pieces of the text that are struck out. */
  async struck() {
    return this.screen.wait("text that is struck out", async () => {
      const texts = await this.screen.page
        .locator(DECORATED)
        .evaluateAll((all) =>
          all
            .filter((part) => getComputedStyle(part).textDecorationLine === "line-through")
            .map((part) => part.textContent),
        );
      return texts.length > 0 && texts;
    });
  }

  /** Wait until no ghost text is shown. */
  async noGhost() {
    await this.screen.wait("no ghost text", async () => (await this.ghostNow()) === "");
  }

  /** In how many frames that were drawn during `step` there was no ghost text. */
  async ghostlessFrames(step) {
    await this.screen.page.evaluate((selector) => {
      window.ghostless = 0;
      const look = () => {
        window.ghostless += document.querySelector(selector) ? 0 : 1;
        window.looking = requestAnimationFrame(look);
      };
      look();
    }, GHOST);
    await step();
    return this.screen.page.evaluate(() => {
      cancelAnimationFrame(window.looking);
      return window.ghostless;
    });
  }
}
