// The server as the rest of the extension sees it: found, started, asked, restarted when it dies, and told apart.

import * as vscode from "vscode";
import type { LanguageClient, Middleware } from "vscode-languageclient/node";
import type { ChatEvent, Method, Requests, ServerFeatures } from "../messages.ts";
import { Unavailable } from "./failures.ts";
import { findServer, type Launch, type Missing } from "./find.ts";
import type { QuietClient, Work } from "./languageClient.ts";
import { ServerProcess } from "./process.ts";
import { Restarts } from "./restarts.ts";
import type { Secrets } from "./secrets.ts";

export type ServerState =
  | { kind: "stopped" }
  | { kind: "starting" }
  | { kind: "running"; version: string }
  | { kind: "waiting"; sentence: string; delayMs: number }
  | { kind: "failed"; sentence: string; reason: "missing" | "foreign" | "crashed" };

type CreateClient = typeof import("./languageClient.ts").createClient;

/** uvx may have to download it first. */
const STARTS_WITHIN_MS = { setting: 30_000, path: 30_000, uvx: 180_000 };
const HOW_TO_UPGRADE = "Upgrade it with `uv tool upgrade llm-ls`, then restart the server.";

/** Requests after which other models can be asked. */
const CHANGES_MODELS: ReadonlySet<Method> = new Set([
  "llm-ls/saveApiKey",
  "llm-ls/deleteApiKey",
  "llm-ls/signIn",
  "llm-ls/signOut",
] as const);

export class Server {
  readonly log: vscode.LogOutputChannel;
  readonly secrets: Secrets;
  readonly #stateChanged = new vscode.EventEmitter<ServerState>();
  readonly onDidChangeState = this.#stateChanged.event;
  readonly #modelsChanged = new vscode.EventEmitter<void>();
  /** What models there are may have changed, since a key or a sign-in has. */
  readonly onDidChangeModels = this.#modelsChanged.event;
  /** What stands between VS Code and every later process where inline completions are asked for. */
  inlineCompletion: Pick<Middleware, "provideInlineCompletionItems"> = {};
  readonly #restarts = new Restarts();
  readonly #listeners: ((client: LanguageClient) => vscode.Disposable)[] = [];
  #state: ServerState = { kind: "stopped" };
  #client: QuietClient | undefined;
  #launch: Launch | undefined;
  #process: ServerProcess | undefined;
  #starting: Promise<void> | undefined;
  #giveUpWaiting: () => void = () => undefined;
  #tokens = 0;

  constructor(log: vscode.LogOutputChannel, secrets: Secrets) {
    this.log = log;
    this.secrets = secrets;
  }

  get state(): ServerState {
    return this.#state;
  }

  /** Of the running server; undefined while none runs. */
  get client(): QuietClient | undefined {
    return this.#state.kind === "running" ? this.#client : undefined;
  }

  /** The command that was run last. */
  get launched(): string | undefined {
    return this.#launch && [this.#launch.command, ...this.#launch.args].join(" ");
  }

  get features(): ServerFeatures | undefined {
    return featuresOf(this.client);
  }

  /** Whether the running server answers `method`. */
  has(method: Method): boolean {
    return this.features?.methods.includes(method) ?? false;
  }

  /**
   * Starts it if it does not run, or waits until it is started again. Rejects with `Unavailable` if it cannot be. One
   * that failed is looked for again, but only `restart` runs it again: else whoever asks would do so for ever.
   */
  start(): Promise<void> {
    const state = this.#state;
    if (state.kind === "running") {
      return Promise.resolve();
    }
    if (state.kind === "failed" && (state.reason !== "missing" || !this.#findsAnother())) {
      return Promise.reject(new Unavailable(state.sentence, { reason: state.reason }));
    }
    this.#starting ??= this.#startAfter(0);
    return this.#starting;
  }

  async restart(): Promise<void> {
    await this.stop();
    this.#restarts.forget();
    await this.start();
  }

  async stop(): Promise<void> {
    this.#giveUpWaiting();
    const [client, running, starting] = [this.#client, this.#process, this.#starting];
    this.#client = undefined;
    this.#process = undefined;
    this.#become({ kind: "stopped" });
    if (client?.isRunning()) {
      await client.stop().catch((error) => this.log.warn(`stopping the server: ${error}`));
    }
    await running?.end();
    await starting?.catch(() => undefined);
  }

  /** The client, once the server runs; rejects with `Unavailable` if it does not know `method`. */
  async ready(method: Method): Promise<QuietClient> {
    await this.start();
    const client = this.#running();
    if (!this.has(method)) {
      const version = this.features?.version ?? "?";
      throw new Unavailable(
        `this server (${version}) is too old: it does not know ${method}. ${HOW_TO_UPGRADE}`,
      );
    }
    return client;
  }

  /** Asks the server, started if need be. */
  async request<M extends Method>(
    method: M,
    params: Requests[M]["params"],
    token?: vscode.CancellationToken,
  ): Promise<Requests[M]["result"]> {
    const client = await this.ready(method);
    const answer = await send<Requests[M]["result"]>(client, method, params, token);
    if (CHANGES_MODELS.has(method)) {
      this.#modelsChanged.fire();
    }
    return answer;
  }

  /** Asks with a `partialResultToken`: `onEvent` gets the answer as it comes, `onWork` how far it is. */
  async stream<M extends "llm-ls/chat" | "llm-ls/edit" | "llm-ls/commitMessage">(
    method: M,
    params: Requests[M]["params"],
    onEvent: (event: ChatEvent) => void,
    token?: vscode.CancellationToken,
    onWork?: (work: Work) => void,
  ): Promise<Requests[M]["result"]> {
    const client = await this.ready(method);
    const partialResultToken = `vscode-answer-${++this.#tokens}`;
    const listening = client.onAnswer(partialResultToken, onEvent);
    try {
      return await this.work(method, { ...params, partialResultToken }, token, onWork);
    } finally {
      listening.dispose();
    }
  }

  /** Asks what takes long: `onWork` gets how far it is. */
  async work<M extends Method>(
    method: M,
    params: Requests[M]["params"],
    token?: vscode.CancellationToken,
    onWork?: (work: Work) => void,
  ): Promise<Requests[M]["result"]> {
    const client = await this.ready(method);
    const workDoneToken = `vscode-work-${++this.#tokens}`;
    const listening = onWork && client.onWork(workDoneToken, onWork);
    const asked = onWork ? { ...params, workDoneToken } : params;
    try {
      return await send(client, method, asked, token);
    } finally {
      listening?.dispose();
    }
  }

  /** Runs one of the server's commands. */
  async execute(command: string, argument: object): Promise<unknown> {
    await this.start();
    return this.#running().sendRequest("workspace/executeCommand", { command, arguments: [argument] });
  }

  /** Listens to a notification of the server, of this and of every later process. */
  onNotification<T>(method: string, handler: (params: T) => void): void {
    this.#listen((client) => client.onNotification(method, handler));
  }

  /** Answers a request of the server, of this and of every later process. */
  onRequest<P>(
    method: string,
    handler: (params: P, token: vscode.CancellationToken) => Promise<object | null>,
  ): void {
    this.#listen((client) => client.onRequest(method, handler));
  }

  #listen(listener: (client: LanguageClient) => vscode.Disposable): void {
    this.#listeners.push(listener);
    if (this.#client) {
      listener(this.#client);
    }
  }

  #running(): QuietClient {
    if (!this.client) {
      throw new Unavailable("llm-ls does not run.");
    }
    return this.client;
  }

  #find(): Launch | Missing {
    return findServer(vscode.workspace.getConfiguration("llm-ls").get("server.path", ""));
  }

  /** Than the one that was run last and could not be had. */
  #findsAnother(): boolean {
    const found = this.#find();
    return !("missing" in found) && found.command !== this.#launch?.command;
  }

  #startAfter(delayMs: number): Promise<void> {
    const waiting = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(resolve, delayMs);
      this.#giveUpWaiting = () => {
        clearTimeout(timer);
        reject(stopped());
      };
    });
    const starting = waiting
      .then(() => this.#start())
      .finally(() => {
        this.#starting = undefined;
      });
    starting.catch(() => undefined);
    return starting;
  }

  async #start(): Promise<void> {
    const found = this.#find();
    if ("missing" in found) {
      this.#launch = undefined;
      throw this.#fail("missing", whyMissing(found));
    }
    this.#become({ kind: "starting" });
    this.#launch = found;
    this.log.info(`starting ${this.launched}`);
    // Loaded here and not with the extension: it is most of the code, and none of it is needed before.
    const { createClient } = await import("./languageClient.ts");
    if (this.#state.kind !== "starting") {
      throw stopped();
    }
    const client = this.#create(createClient, found);
    this.#client = client;
    try {
      await within(STARTS_WITHIN_MS[found.origin], client.start());
    } catch (error) {
      if (this.#client !== client) {
        throw stopped();
      }
      this.log.error(`the server did not start: ${error}`);
      if (found.origin === "uvx") {
        throw this.#fail("missing", "the server is not on PATH, and `uvx llm-ls` could not fetch it.");
      }
      throw this.#fail(
        "crashed",
        `the server did not start: ${this.#process?.lastWords || messageOf(error)}`,
      );
    }
    if (this.#client !== client) {
      throw stopped();
    }
    const features = featuresOf(client);
    if (!features) {
      await client.stop().catch(() => undefined);
      throw this.#fail(
        "foreign",
        `${found.command} is another program of that name, not the llm-ls that is needed.`,
      );
    }
    this.#become({ kind: "running", version: features.version });
  }

  #create(createClient: CreateClient, launch: Launch): QuietClient {
    const start = async () => {
      const started = await ServerProcess.start(launch, this.log);
      if (this.#client !== client) {
        await started.end();
        throw stopped();
      }
      this.#process = started;
      return { reader: started.reader, writer: started.writer };
    };
    const client: QuietClient = createClient(this, start, () => this.#closed(client));
    for (const listener of this.#listeners) {
      listener(client);
    }
    return client;
  }

  #closed(client: QuietClient): void {
    if (client !== this.#client || this.#state.kind !== "running") {
      return;
    }
    this.#client = undefined;
    const lastWords = this.#process?.lastWords;
    const delayMs = this.#restarts.next();
    void this.#process?.end();
    if (delayMs === undefined) {
      this.#fail(
        "crashed",
        `the server ended again and again, and is not restarted. ${lastWords ?? ""}`.trim(),
      );
      return;
    }
    this.#become({
      kind: "waiting",
      sentence: "the server ended unexpectedly and is being restarted.",
      delayMs,
    });
    this.#starting = this.#startAfter(delayMs);
  }

  #fail(reason: "missing" | "foreign" | "crashed", sentence: string): Unavailable {
    const failed = this.#process;
    this.#client = undefined;
    this.#process = undefined;
    void failed?.end();
    this.#become({ kind: "failed", reason, sentence });
    return new Unavailable(sentence, { reason, told: true });
  }

  #become(state: ServerState): void {
    this.#state = state;
    this.#stateChanged.fire(state);
  }
}

/** The library takes a token that is `undefined` for one more parameter. */
function send<R>(
  client: LanguageClient,
  method: string,
  params: object,
  token: vscode.CancellationToken | undefined,
): Promise<R> {
  return token ? client.sendRequest<R>(method, params, token) : client.sendRequest<R>(method, params);
}

function featuresOf(client: LanguageClient | undefined): ServerFeatures | undefined {
  const experimental: unknown = client?.initializeResult?.capabilities.experimental;
  return (experimental as { "llm-ls"?: ServerFeatures } | undefined)?.["llm-ls"];
}

function whyMissing(found: Missing): string {
  return found.missing === "setting"
    ? `the setting llm-ls.server.path names no program that can be run: ${found.path}`
    : "the server is not installed: it is not on PATH, and neither is uv, which could fetch it.";
}

function stopped(): Unavailable {
  return new Unavailable("llm-ls was stopped.", { told: true });
}

/** Rejects if `work` takes longer: a program that is no language server never answers. */
async function within(limitMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1000} s`)), limitMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
