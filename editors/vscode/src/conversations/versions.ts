// The branches of a kept conversation that its newest path does not show: questions asked otherwise, answers had again.

import type { Turn } from "../messages.ts";

export interface Version {
  /** The turn that stands in another's place. */
  turn: Turn;
  /** The newest turn of all that came after it. */
  end: string;
  /** How many turns there are up to its end. */
  turns: number;
}

/** `read` gives the newest path, or the newest of those through a turn. */
export async function otherVersions(read: (through?: string) => Promise<Turn[]>): Promise<Version[]> {
  const found: Version[] = [];
  const seen = new Set<string>();
  const waiting: (string | undefined)[] = [undefined];
  for (const id of waiting) {
    if (id !== undefined && seen.has(id)) {
      continue;
    }
    const path = await read(id);
    const turn = path.find((one) => one.id === id);
    const end = path.at(-1);
    if (turn && end) {
      found.push({ turn, end: end.id, turns: path.length });
    }
    for (const one of path) {
      seen.add(one.id);
      waiting.push(...(one.alternatives ?? []));
    }
  }
  return found;
}

/** The first line of what was said. */
export function firstLine({ content }: Turn): string {
  const text =
    typeof content === "string"
      ? content
      : content.map((part) => (part.type === "text" ? part.text : "(an image)")).join(" ");
  return text.trim().split("\n", 1)[0] || "(nothing)";
}
