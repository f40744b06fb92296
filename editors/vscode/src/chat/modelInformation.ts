// A model of the server as VS Code's picker shows it.

import type { ListedModel } from "../messages.ts";
import { price, tokens } from "../money.ts";

export interface ModelInformation {
  id: string;
  name: string;
  family: string;
  version: string;
  detail: string;
  tooltip: string;
  maxInputTokens: number;
  maxOutputTokens: number;
  capabilities: { imageInput: boolean; toolCalling: boolean };
}

// Of a model whose limits nobody tells; VS Code leaves out what it thinks does not fit, so these are not small.
const UNKNOWN_CONTEXT = 128_000;
const UNKNOWN_ANSWER = 8_192;

/**
 * Names no model, so that the server uses the one that it would. Chat sends nothing unless one is picked, and picks the
 * first by name, which the bracket makes this one.
 */
export const DEFAULT: ModelInformation = {
  id: "default",
  name: "(llm-ls default)",
  family: "default",
  version: "default",
  detail: "the model that llm-ls uses",
  tooltip: "The model that llm-ls uses: that of its settings, or the one you chose last.",
  maxInputTokens: UNKNOWN_CONTEXT - UNKNOWN_ANSWER,
  maxOutputTokens: UNKNOWN_ANSWER,
  capabilities: { imageInput: true, toolCalling: true },
};

export function toInformation(model: ListedModel): ModelInformation {
  const context = model.contextWindow ?? UNKNOWN_CONTEXT;
  const answer = Math.min(model.maxOutputTokens ?? UNKNOWN_ANSWER, Math.floor(context / 2));
  const version = model.id.slice(model.id.indexOf("/") + 1);
  return {
    id: model.id,
    name: model.name,
    family: version,
    version,
    detail: [model.provider, ...costOf(model)].join(" · "),
    tooltip: tooltip(model),
    maxInputTokens: context - answer,
    maxOutputTokens: answer,
    capabilities: { imageInput: model.capabilities.vision, toolCalling: maybeCallsTools(model) },
  };
}

/** A model that no catalog knows, such as a local one, may well call tools, and in Chat is hidden unless it does. */
function maybeCallsTools({ capabilities, cost }: ListedModel): boolean {
  return capabilities.tools || cost === undefined;
}

function costOf({ cost }: ListedModel): string[] {
  return cost ? [`${price(cost.inputPerMTok)} / ${price(cost.outputPerMTok)}`] : [];
}

function tooltip(model: ListedModel): string {
  const { id, cost, contextWindow, deprecated, successor } = model;
  const lines = [
    `${id}, by llm-ls.`,
    cost
      ? `${price(cost.inputPerMTok)} for a million tokens read, ${price(cost.outputPerMTok)} for a million written.`
      : "Its price is not known.",
    ...(contextWindow ? [`It reads up to ${tokens(contextWindow)} tokens.`] : []),
    ...(deprecated ? [`It is deprecated${successor ? `: use ${successor}` : ""}.`] : []),
  ];
  return lines.join(" ");
}
