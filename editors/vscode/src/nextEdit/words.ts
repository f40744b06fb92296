// What is written beside the code about the next edit.

import type { Layout } from "../review/layout.ts";

const LONGEST = 120;
const KEY = "⇥";

/** Beside the lines that would change: what would stand there. */
export function hintOf({ added, removed }: Layout): string {
  const before = removed > 0 ? `${KEY} ` : `${KEY} + `;
  const text = added.map((line) => line.trim()).filter((line) => line !== "");
  return before + (text.length > 0 ? shortened(text.join(" ⏎ ")) : "delete");
}

/** Beside the cursor: where the edit is. */
export function wayTo(line: number): string {
  return `${KEY} next edit: line ${line + 1}`;
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
