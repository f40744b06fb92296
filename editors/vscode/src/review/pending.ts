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

  /** What belongs to a change over several files. */
  ofSet(id: string): Proposal[] {
    return this.all.filter(({ changeSet }) => changeSet?.id === id);
  }

  /** Takes what the server tells: a proposal without anything left in it is pending no more. */
  put(proposal: Proposal): void {
    if (isEmpty(proposal)) {
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

/** Whether nothing is left of it to be decided. */
export function isEmpty({ hunks, failedHunks, operation }: Proposal): boolean {
  return hunks.length === 0 && failedHunks.length === 0 && operation === undefined;
}
