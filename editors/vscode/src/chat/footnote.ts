// The line beneath an answer: what it cost, what it read and wrote, and which model gave it.

import type { Model, Usage } from "../messages.ts";
import { dollars, tokens } from "../money.ts";

/** The model last: VS Code cuts the line off where Chat is narrow. */
export function footnote(model: Model, { inputTokens, outputTokens, costUsd }: Usage): string {
  const cost = costUsd === undefined ? [] : [dollars(costUsd)];
  return [...cost, `${tokens(inputTokens)} → ${tokens(outputTokens)} tokens`, model].join(" · ");
}
