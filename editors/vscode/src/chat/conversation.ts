// A conversation as VS Code hands it to a model, as the messages of `llm-ls/chat`.

import type { Message, Part, Thinking, ToolCall, ToolDefinition } from "../messages.ts";
import type { Recall } from "./recall.ts";

/** A message by the shape of its parts, for VS Code gives kinds that its published types do not have yet. */
export interface GivenMessage {
  role: number;
  content: Iterable<unknown>;
}

const ASSISTANT = 2;
const SYSTEM = 3;

type GivenPart =
  | { kind: "text"; text: string }
  | { kind: "image"; mediaType: string; data: Uint8Array }
  | { kind: "call"; id: string; name: string; input: object }
  | { kind: "result"; id: string; content: unknown[]; isError: boolean };

export function toMessages(given: Iterable<GivenMessage>, recall: Recall): Message[] {
  return [...given].flatMap((message) => {
    const parts = [...message.content].map(toGivenPart).filter((part) => part !== undefined);
    return message.role === ASSISTANT
      ? answered(parts, recall)
      : asked(parts, message.role === SYSTEM ? "system" : "user");
  });
}

export function toTools(
  tools: Iterable<{ name: string; description: string; inputSchema?: object | undefined }>,
): ToolDefinition[] {
  return [...tools].map(({ name, description, inputSchema }) => ({
    name,
    description,
    inputSchema: inputSchema ?? { type: "object", properties: {} },
  }));
}

/** About how many tokens; counted here, since VS Code asks for every piece of every prompt. */
export function estimateTokens(given: string | GivenMessage): number {
  if (typeof given === "string") {
    return tokensOf(given);
  }
  let tokens = 4;
  for (const part of [...given.content].map(toGivenPart)) {
    if (part?.kind === "text") {
      tokens += tokensOf(part.text);
    } else if (part?.kind === "image") {
      tokens += TOKENS_OF_AN_IMAGE;
    } else if (part?.kind === "call") {
      tokens += tokensOf(part.name + JSON.stringify(part.input));
    } else if (part?.kind === "result") {
      const { text, images } = resultOf(part.content);
      tokens += tokensOf(text) + images.length * TOKENS_OF_AN_IMAGE;
    }
  }
  return tokens;
}

const TOKENS_OF_AN_IMAGE = 1_000;

/** Four ASCII characters a token, and one of any other script. */
function tokensOf(text: string): number {
  let ascii = 0;
  for (let index = 0; index < text.length; index += 1) {
    ascii += text.charCodeAt(index) < 128 ? 1 : 0;
  }
  return Math.ceil(ascii / 4) + text.length - ascii;
}

function answered(parts: GivenPart[], recall: Recall): Message[] {
  const calls = parts.filter((part) => part.kind === "call");
  const text = textOf(parts);
  if (calls.length === 0 && text === "") {
    return [];
  }
  const toolCalls = calls.map(({ id, name, input }): ToolCall => {
    const { provider, state } = recall.of(id)?.call ?? {};
    return { id, name, input, ...(provider && { provider }), ...(state && { state }) };
  });
  const thinking: Thinking[] = calls.flatMap(({ id }) => recall.of(id) ?? [])[0]?.thinking ?? [];
  return [
    {
      role: "assistant",
      content: text,
      ...(toolCalls.length > 0 && { toolCalls }),
      ...(thinking.length > 0 && { thinking }),
    },
  ];
}

/** Results of tools first, as vendors want them; their pictures come after, as the user's. */
function asked(parts: GivenPart[], role: "system" | "user"): Message[] {
  const messages: Message[] = [];
  const content: Part[] = [];
  for (const part of parts) {
    if (part.kind === "result") {
      const { text, images } = resultOf(part.content);
      messages.push({
        role: "tool",
        toolUseId: part.id,
        content: text,
        ...(part.isError && { isError: true }),
      });
      content.push(...images);
    } else if (part.kind === "text" && part.text !== "") {
      content.push({ type: "text", text: part.text });
    } else if (part.kind === "image") {
      content.push(toImage(part));
    }
  }
  if (content.length > 0) {
    messages.push({ role, content });
  }
  return messages;
}

function textOf(parts: GivenPart[]): string {
  return parts.flatMap((part) => (part.kind === "text" ? [part.text] : [])).join("");
}

function resultOf(content: unknown[]): { text: string; images: Part[] } {
  const texts: string[] = [];
  const images: Part[] = [];
  for (const item of content) {
    const part = toGivenPart(item);
    if (part?.kind === "text") {
      texts.push(part.text);
    } else if (part?.kind === "image") {
      images.push(toImage(part));
    } else if (item !== null && typeof item === "object" && !("data" in item)) {
      texts.push(JSON.stringify("value" in item ? item.value : item));
    }
  }
  return { text: texts.join("\n"), images };
}

function toImage({ mediaType, data }: { mediaType: string; data: Uint8Array }): Part {
  return { type: "image", mediaType, data: Buffer.from(data).toString("base64") };
}

/** Undefined for what no vendor is told: thinking of its own that VS Code gives back, and marks of caches. */
function toGivenPart(part: unknown): GivenPart | undefined {
  if (part === null || typeof part !== "object") {
    return undefined;
  }
  const fields = part as Record<string, unknown>;
  if (typeof fields.callId === "string" && typeof fields.name === "string") {
    return { kind: "call", id: fields.callId, name: fields.name, input: (fields.input ?? {}) as object };
  }
  if (typeof fields.callId === "string" && Array.isArray(fields.content)) {
    return { kind: "result", id: fields.callId, content: fields.content, isError: fields.isError === true };
  }
  if (typeof fields.mimeType === "string" && fields.data instanceof Uint8Array) {
    if (/^text\/|\bjson$/.test(fields.mimeType)) {
      return { kind: "text", text: new TextDecoder().decode(fields.data) };
    }
    return fields.mimeType.startsWith("image/")
      ? { kind: "image", mediaType: fields.mimeType, data: fields.data }
      : undefined;
  }
  const isThinking = "metadata" in fields;
  return typeof fields.value === "string" && !isThinking ? { kind: "text", text: fields.value } : undefined;
}
