// The line beneath an answer: what it cost, what it read and wrote, and which model gave it.

import type { Model, Usage } from "../messages.ts";
import { dollars, tokens } from "../money.ts";

/** The model last: VS Code cuts the line off where Chat is narrow. `spentUsd` is what the whole conversation cost. */
export function footnote(
  model: Model,
  { inputTokens, outputTokens, costUsd }: Usage,
  spentUsd?: number,
): string {
  const all = spentUsd !== undefined && spentUsd > (costUsd ?? 0) ? [`${dollars(spentUsd)} in all`] : [];
  const cost = costUsd === undefined ? [] : [dollars(costUsd)];
  return [...cost, ...all, `${tokens(inputTokens)} → ${tokens(outputTokens)} tokens`, model].join(" · ");
}
