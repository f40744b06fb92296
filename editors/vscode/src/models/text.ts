// A model in a list: what it costs, how much it reads, what it can do.

import type { ListedModel } from "../messages.ts";
import { price, tokens } from "../money.ts";

const ABILITIES = [
  ["tools", "tools"],
  ["vision", "images"],
  ["reasoning", "thinks"],
] as const;

export function detailOf(model: ListedModel): string {
  const { cost, contextWindow, capabilities, deprecated, successor } = model;
  const parts = [
    cost
      ? `${price(cost.inputPerMTok)} in, ${price(cost.outputPerMTok)} out per million tokens`
      : "price unknown",
    contextWindow ? `reads ${tokens(contextWindow)}` : "",
    ...ABILITIES.map(([member, word]) => (capabilities[member] ? word : "")),
    deprecated ? (successor ? `deprecated, use ${successor}` : "deprecated") : "",
  ];
  return parts.filter((part) => part !== "").join(" · ");
}

/** The one in use first, then as the server lists them; deprecated ones last. */
export function inOrder(models: readonly ListedModel[], current: string | undefined): ListedModel[] {
  const rank = (model: ListedModel): number => (model.id === current ? 0 : model.deprecated ? 2 : 1);
  return models.toSorted((one, other) => rank(one) - rank(other));
}
