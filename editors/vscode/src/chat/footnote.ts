// The line beneath an answer: which model gave it, what it read and wrote, and what that cost.

import type { Model, Usage } from "../messages.ts";

export function footnote(model: Model, usage: Usage): string {
  const read = usage.inputTokens + (usage.cacheReadTokens ?? 0) + (usage.cacheWriteTokens ?? 0);
  const tokens = `${count(read)} → ${count(usage.outputTokens)} tokens`;
  return [model, tokens, ...(usage.costUsd === undefined ? [] : [money(usage.costUsd)])].join(" · ");
}

/** Such as `950`, `1.2k` or `31k`. */
export function count(tokens: number): string {
  if (tokens < 1_000) {
    return String(tokens);
  }
  const thousands = tokens / 1_000;
  return thousands < 1_000 ? `${short(thousands)}k` : `${short(thousands / 1_000)}M`;
}

/** US dollars, as exact as a small sum needs: `$12.30`, `$0.042`, `$0.0004`. */
export function money(dollars: number): string {
  if (dollars === 0) {
    return "$0";
  }
  if (dollars >= 0.1) {
    return `$${dollars.toFixed(2)}`;
  }
  return dollars < 0.0001 ? "< $0.0001" : `$${dollars.toPrecision(2)}`;
}

function short(number: number): string {
  return number < 10 ? number.toFixed(1).replace(/\.0$/, "") : String(Math.round(number));
}
