// Every model of the server in VS Code's own Chat, with tools both ways.

import * as vscode from "vscode";
import type { ChatEvent, ChatParams } from "../messages.ts";
import { isCancelled, sentence } from "../server/failures.ts";
import type { Server } from "../server/server.ts";
import { estimateTokens, toMessages, toTools } from "./conversation.ts";
import { DEFAULT, type ModelInformation, toInformation } from "./modelInformation.ts";
import { Recall } from "./recall.ts";

export const VENDOR = "llm-ls";

/** Shows thinking folded away; VS Code has it, its published types not yet. */
type ThinkingPart = new (text: string) => vscode.LanguageModelResponsePart;

export class ModelProvider implements vscode.LanguageModelChatProvider<ModelInformation> {
  readonly #server: Server;
  readonly #recall = new Recall();
  readonly #thinkingPart = (vscode as { LanguageModelThinkingPart?: ThinkingPart }).LanguageModelThinkingPart;
  readonly onDidChangeLanguageModelChatInformation: vscode.Event<void>;

  constructor(server: Server, changed: vscode.Event<void>) {
    this.#server = server;
    this.onDidChangeLanguageModelChatInformation = changed;
  }

  /** Only the default while the server cannot be asked, which is told elsewhere: a picker is no question to it. */
  async provideLanguageModelChatInformation(
    _options: vscode.PrepareLanguageModelChatModelOptions,
    token: vscode.CancellationToken,
  ): Promise<ModelInformation[]> {
    try {
      const listed = await this.#server.request("llm-ls/listModels", {}, token);
      return [DEFAULT, ...listed.map(toInformation)];
    } catch (error) {
      if (!isCancelled(error)) {
        this.#server.log.warn(`the models could not be listed: ${sentence(error) ?? error}`);
      }
      return [DEFAULT];
    }
  }

  async provideLanguageModelChatResponse(
    model: ModelInformation,
    messages: readonly vscode.LanguageModelChatRequestMessage[],
    options: vscode.ProvideLanguageModelChatResponseOptions,
    progress: vscode.Progress<vscode.LanguageModelResponsePart>,
    token: vscode.CancellationToken,
  ): Promise<void> {
    const params: ChatParams = {
      messages: toMessages(messages, this.#recall),
      ...(model.id !== DEFAULT.id && { model: model.id }),
      tools: toTools(options.tools ?? []),
      options: toOptions(options.modelOptions ?? {}),
    };
    const names = new Map<string, string>();
    const show = (event: ChatEvent) => this.#show(event, names, progress);
    try {
      this.#recall.keep(await this.#server.stream("llm-ls/chat", params, show, token));
    } catch (error) {
      if (!token.isCancellationRequested) {
        throw new Error(sentence(error) ?? String(error));
      }
    }
  }

  async provideTokenCount(
    _model: ModelInformation,
    text: string | vscode.LanguageModelChatRequestMessage,
  ): Promise<number> {
    return estimateTokens(text);
  }

  /** `names` are those of the tool calls that have begun. */
  #show(
    event: ChatEvent,
    names: Map<string, string>,
    progress: vscode.Progress<vscode.LanguageModelResponsePart>,
  ): void {
    switch (event.type) {
      case "text_delta":
        progress.report(new vscode.LanguageModelTextPart(event.text));
        break;
      case "thinking_delta":
        if (this.#thinkingPart) {
          progress.report(new this.#thinkingPart(event.text));
        }
        break;
      case "tool_use_start":
        names.set(event.id, event.name);
        break;
      case "tool_use_end":
        progress.report(
          new vscode.LanguageModelToolCallPart(event.id, names.get(event.id) ?? "", event.input),
        );
        break;
      case "notice":
        this.#server.log.warn(event.message);
        break;
    }
  }
}

function toOptions(given: { readonly [name: string]: unknown }): NonNullable<ChatParams["options"]> {
  const options: NonNullable<ChatParams["options"]> = {};
  if (typeof given.temperature === "number") {
    options.temperature = given.temperature;
  }
  if (typeof given.top_p === "number") {
    options.topP = given.top_p;
  }
  if (typeof given.max_tokens === "number") {
    options.maxTokens = given.max_tokens;
  }
  return options;
}
