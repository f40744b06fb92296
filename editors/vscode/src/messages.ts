// The `llm-ls/*` messages as editors/PROTOCOL.md publishes them: what goes out, what comes back.

import type { Command, Diagnostic, Position, Range } from "vscode-languageclient/node";

export type { Diagnostic, Position, Range };
export type Model = string;

export interface Usage {
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens?: number;
  cacheWriteTokens?: number;
  reasoningTokens?: number;
  costUsd?: number;
}

export type Part = { type: "text"; text: string } | { type: "image"; mediaType: string; data: string };

export interface ToolCall {
  id: string;
  name: string;
  input: object;
  provider?: string;
  state?: object;
}

export interface Thinking {
  text: string;
  provider: string;
  state: object;
}

export type Message =
  | {
      role: "system" | "user" | "assistant";
      content: string | Part[];
      toolCalls?: ToolCall[];
      thinking?: Thinking[];
    }
  | { role: "tool"; toolUseId: string; content: string; isError?: boolean };

export interface ToolDefinition {
  name: string;
  description: string;
  inputSchema: object;
}

export type ContextItem =
  | { type: "file"; uri: string }
  | { type: "range"; uri: string; range: Range }
  | { type: "diagnostics"; uri: string; diagnostics: Diagnostic[] }
  | { type: "text"; title: string; text: string };

export type StopReason = "end_turn" | "max_tokens" | "stop_sequence" | "tool_use" | "refusal" | "other";

export type ChatEvent =
  | {
      type: "message_start";
      messageId: string;
      model: Model;
      conversationId?: string;
      questionId?: string;
      context?: { title: string; tokens: number }[];
    }
  | { type: "model"; model: Model }
  | { type: "text_delta"; text: string }
  | { type: "thinking_delta"; text: string }
  | { type: "thinking_end"; text: string; provider: string; state: object }
  | { type: "tool_use_start"; id: string; name: string }
  | { type: "tool_use_delta"; id: string; inputDelta: string }
  | { type: "tool_use_end"; id: string; input: object; raw?: string; provider?: string; state?: object }
  | { type: "tool_result"; id: string; content: string; isError: boolean }
  | { type: "notice"; kind: string; message: string }
  | { type: "usage"; usage: Usage }
  | { type: "message_end"; stopReason: StopReason }
  | { type: "error"; kind: string; message: string; hint?: string };

export interface ChatParams {
  messages?: Message[];
  message?: string | Part[];
  toolResults?: { toolUseId: string; content: string; isError?: boolean }[];
  model?: Model;
  system?: string;
  context?: ContextItem[];
  tools?: ToolDefinition[];
  action?: "fix" | "explain" | "document" | "test" | "complete";
  conversationId?: string;
  after?: string;
  options?: {
    maxTokens?: number;
    temperature?: number;
    topP?: number;
    stop?: string[];
    reasoning?: "off" | "low" | "medium" | "high";
  };
}

export interface ChatResult {
  conversationId?: string;
  questionId?: string;
  messageId: string;
  model: Model;
  provider: string;
  text: string;
  toolCalls: ToolCall[];
  thinking: Thinking[];
  stopReason: StopReason;
  usage: Usage;
}

export interface ConversationSummary {
  id: string;
  title: string;
  workspace?: string;
  model?: Model;
  createdAt: string;
  updatedAt: string;
  turns: number;
  usage: Usage;
}

/** Of a kept conversation, as far as a list of its versions needs it. */
export interface Turn {
  id: string;
  role: "user" | "assistant" | "summary";
  at: string;
  content: string | Part[];
  /** The ids of other turns in its place. */
  alternatives?: string[];
}

export interface ListedTool {
  name: string;
  description: string;
  inputSchema: object;
  access: string;
  server?: string;
}

export interface Hunk {
  id: string;
  range: Range;
  newText: string;
}

export interface Proposal {
  id: string;
  title: string;
  model: Model;
  uri: string;
  version?: number;
  summary: string;
  hunks: Hunk[];
  failedHunks: string[];
  /** What it is the part of one file of; `files` are the uris of those that are pending. */
  changeSet?: { id: string; title: string; files: string[] };
  /** What becomes of the file beside its text. */
  operation?: { kind: "create" | "rename" | "delete"; newUri?: string };
}

export interface EditParams {
  textDocument: { uri: string; version?: number };
  range: Range;
  instruction: string;
  model?: Model;
  diagnostics?: Diagnostic[];
}

/** A change that the model expects next, in the shape of Copilot's language server. */
export interface InlineEdit {
  text: string;
  range: Range;
  textDocument: { uri: string; version: number };
  command: Command;
}

export interface Outcome {
  applied: boolean;
  failedHunks: string[];
}

export interface ListedModel {
  id: Model;
  name: string;
  provider: string;
  contextWindow?: number;
  maxOutputTokens?: number;
  capabilities: { tools: boolean; vision: boolean; reasoning: boolean; json: boolean; fim: boolean };
  cost?: { inputPerMTok: number; outputPerMTok: number };
  deprecated: boolean;
  successor?: Model;
}

export type SignInMethod = "device" | "browser" | "paste";

export type CredentialSource =
  | "command"
  | "environment"
  | "keyring"
  | "file"
  | "oauth"
  | "other_tool"
  | "none"
  | "not_needed";

export interface ListedProvider {
  id: string;
  name: string;
  kind: string;
  active: boolean;
  configured: boolean;
  credential: CredentialSource;
  signInMethods: SignInMethod[];
  models: string[];
}

export interface AuthStatus {
  provider: string;
  signedIn: boolean;
  source: CredentialSource;
  account?: string;
  accounts: string[];
  tool?: string;
  expiresAt?: number;
}

export interface SavedProvider {
  provider: string;
  hasApiKey: boolean;
  authType: "api_key" | "oauth";
  store: "keyring" | "file";
  encrypted: boolean;
  account?: string;
}

export interface ConnectionReport {
  ok: boolean;
  latencyMs: number;
  model?: Model;
  error?: { message: string; data?: { kind: string } };
}

export interface UsageRow {
  requests: number;
  failed: number;
  unpriced: number;
  inputTokens: number;
  outputTokens: number;
  costUsd?: number;
}

export interface UsageReport {
  since?: string;
  totals: UsageRow;
  rows: (UsageRow & { key: string })[];
}

export interface Status {
  busy: boolean;
  kind: "normal" | "warning" | "error" | "inactive";
  message: string;
  model?: Model;
}

/** By method, what a request takes and what it gives. */
export interface Requests {
  "llm-ls/chat": { params: ChatParams; result: ChatResult };
  "llm-ls/listConversations": {
    params: { query?: string; everywhere?: boolean; limit?: number; before?: string };
    result: ConversationSummary[];
  };
  "llm-ls/getConversation": {
    params: { id: string; upto?: string; through?: string };
    result: Omit<ConversationSummary, "turns"> & { turns: Turn[] };
  };
  "llm-ls/renameConversation": { params: { id: string; title: string }; result: ConversationSummary };
  "llm-ls/forkConversation": {
    params: { id: string; turnId?: string; title?: string };
    result: ConversationSummary;
  };
  "llm-ls/deleteConversation": { params: { id: string }; result: object };
  "llm-ls/exportConversation": { params: { id: string }; result: { title: string; text: string } };
  "llm-ls/listTools": { params: object; result: ListedTool[] };
  "llm-ls/callTool": {
    params: { name: string; input: object; conversationId?: string; allowed?: boolean };
    result: { content: string; isError: boolean };
  };
  "llm-ls/preview": { params: ChatParams; result: { model: Model; text: string } };
  "llm-ls/countTokens": {
    params: ChatParams & { text?: string };
    result: { tokens: number; exact: boolean; model: Model; contextWindow?: number; costUsd?: number };
  };
  "llm-ls/commitMessage": {
    params: { uri?: string; model?: Model };
    result: { message: string; model: Model; usage: Usage };
  };
  "llm-ls/edit": { params: EditParams; result: { proposal?: Proposal; applied: boolean } };
  "llm-ls/acceptProposal": { params: { id: string; hunks?: string[] }; result: Outcome };
  "llm-ls/rejectProposal": { params: { id: string; hunks?: string[] }; result: Outcome };
  "llm-ls/listProposals": { params: { uri?: string }; result: Proposal[] };
  "llm-ls/listProviders": { params: object; result: ListedProvider[] };
  "llm-ls/listModels": { params: { provider?: string; refresh?: boolean }; result: ListedModel[] };
  "llm-ls/setActiveProvider": { params: { provider: string; model?: string }; result: { model: Model } };
  "llm-ls/testProviderConnection": {
    params: { provider: string; model?: Model; apiKey?: string };
    result: ConnectionReport;
  };
  "llm-ls/usage": {
    params: { since?: string; by?: "model" | "provider" | "day" | "conversation" };
    result: UsageReport;
  };
  "llm-ls/signIn": {
    params: { provider: string; method?: SignInMethod; account?: string; again?: boolean; paste?: string };
    result: { status: "signedIn" | "alreadySignedIn" | "cancelled" | "denied" | "expired"; account?: string };
  };
  "llm-ls/signOut": { params: { provider?: string; account?: string }; result: AuthStatus[] };
  "llm-ls/authStatus": { params: { provider?: string }; result: AuthStatus[] };
  "llm-ls/saveApiKey": {
    params: { provider: string; apiKey: string };
    result: { store: "keyring" | "file"; encrypted: boolean };
  };
  "llm-ls/deleteApiKey": { params: { provider: string }; result: SavedProvider[] };
  "llm-ls/listSavedProviders": { params: object; result: SavedProvider[] };
}

export type Method = keyof Requests;

/** What `initialize` says under `capabilities.experimental["llm-ls"]`. */
export interface ServerFeatures {
  version: string;
  methods: string[];
}
