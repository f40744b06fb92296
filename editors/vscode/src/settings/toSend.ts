// Which settings the server is told: those that somebody has set, and of a workspace's only what cannot hurt.

import { LIMITED, NAMES, WORKSPACE } from "./generated.ts";

/** What VS Code knows of one setting; its default is left out, since the server has its own. */
export interface Inspected {
  globalValue?: unknown;
  workspaceValue?: unknown;
}

export interface Proxy {
  url: string | undefined;
  /** VS Code's `http.proxySupport`. */
  support: string | undefined;
}

type Values = Record<string, unknown>;

const MODEL_BY_PATH = /\/\/|\/\.{1,2}(?:\/|"|$)|\\/;

/**
 * The section `llm-ls` as the server gets it. Sending defaults too would set aside the user's own `config.toml`, which
 * counts for less than an editor's settings.
 */
export function settingsToSend(inspect: (name: string) => Inspected | undefined, proxy: Proxy): Values {
  const values: Values = {};
  for (const name of NAMES) {
    const value = explicit(name, inspect(name) ?? {});
    if (value !== undefined) {
      put(values, name, value);
    }
  }
  if (values.proxy === undefined && proxy.url && proxy.support !== "off") {
    values.proxy = proxy.url;
  }
  return values;
}

function explicit(name: string, { globalValue, workspaceValue }: Inspected): unknown {
  if (workspaceValue !== undefined && workspaceValue !== "" && mayBeSetByWorkspace(name, workspaceValue)) {
    return workspaceValue;
  }
  return globalValue === "" ? undefined : globalValue;
}

function mayBeSetByWorkspace(name: string, value: unknown): boolean {
  const accepted = LIMITED[name];
  if (accepted !== undefined) {
    return accepted.includes(value);
  }
  const namesModels = name === "model" || name === "fallbacks" || name.startsWith("models.");
  return WORKSPACE.includes(name) && !(namesModels && MODEL_BY_PATH.test(JSON.stringify(value)));
}

function put(values: Values, name: string, value: unknown): void {
  const groups = name.split(".");
  const last = groups.pop() as string;
  let group = values;
  for (const part of groups) {
    group[part] ??= {};
    group = group[part] as Values;
  }
  group[last] = value;
}
