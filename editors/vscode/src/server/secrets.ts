// Keeps what the user typed as a key or a code out of every log, whoever writes it.

const SHORTEST = 4;

export class Secrets {
  #known = new Set<string>();

  /** From now on `secret` is shown as `***`. */
  hide(secret: string): void {
    if (secret.length >= SHORTEST) {
      this.#known.add(secret);
      this.#known.add(JSON.stringify(secret).slice(1, -1));
    }
  }

  redact(text: string): string {
    let shown = text;
    for (const secret of this.#known) {
      shown = shown.replaceAll(secret, "***");
    }
    return shown;
  }
}
