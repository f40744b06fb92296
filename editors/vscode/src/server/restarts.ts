// How often a server that dies is started again: soon, then later, then not at all.

const WINDOW_MS = 5 * 60_000;
const DELAYS_MS = [500, 2_000, 8_000, 20_000];

export class Restarts {
  #crashes: number[] = [];

  /** The wait before the next start, in milliseconds; undefined once it has died too often within five minutes. */
  next(now: number = Date.now()): number | undefined {
    this.#crashes = this.#crashes.filter((at) => now - at < WINDOW_MS);
    const delay = DELAYS_MS[this.#crashes.length];
    this.#crashes.push(now);
    return delay;
  }

  forget(): void {
    this.#crashes = [];
  }
}
