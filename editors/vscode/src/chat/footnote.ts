// The line beneath an answer: which model gave it, what it read and wrote, and what that cost.

import type { Model, Usage } from "../messages.ts";
import { dollars, tokens } from "../money.ts";

export function footnote(model: Model, usage: Usage): string {
  const read = usage.inputTokens + (usage.cacheReadTokens ?? 0) + (usage.cacheWriteTokens ?? 0);
  const amounts = `${tokens(read)} → ${tokens(usage.outputTokens)} tokens`;
  return [model, amounts, ...(usage.costUsd === undefined ? [] : [dollars(usage.costUsd)])].join(" · ");
}
