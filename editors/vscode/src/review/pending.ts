// The edits that wait for the user's word, as the server last told them.

import type { Proposal } from "../messages.ts";

export class Pending {
  #proposals = new Map<string, Proposal>();
  readonly #changed: () => void;

  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get all(): Proposal[] {
    return [...this.#proposals.values()];
  }

  get(id: string): Proposal | undefined {
    return this.#proposals.get(id);
  }

  of(uri: string): Proposal[] {
    return this.all.filter((proposal) => proposal.uri === uri);
  }

  /** Takes what the server tells: a proposal without anything left in it is pending no more. */
  put(proposal: Proposal): void {
    if (proposal.hunks.length === 0 && proposal.failedHunks.length === 0) {
      this.#proposals.delete(proposal.id);
    } else {
      this.#proposals.set(proposal.id, proposal);
    }
    this.#changed();
  }

  /** Takes `listed` for all that there is of `uri`. */
  replace(uri: string, listed: readonly Proposal[]): void {
    for (const { id } of this.of(uri)) {
      this.#proposals.delete(id);
    }
    for (const proposal of listed) {
      this.#proposals.set(proposal.id, proposal);
    }
    this.#changed();
  }

  clear(): void {
    if (this.#proposals.size > 0) {
      this.#proposals.clear();
      this.#changed();
    }
  }
}
