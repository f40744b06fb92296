// Where a credential comes from, in words.

import type { AuthStatus, CredentialSource } from "../messages.ts";

const SOURCES: Readonly<Record<CredentialSource, string>> = {
  command: "key from a command",
  environment: "key from the environment",
  keyring: "key in the keyring",
  file: "key in a file",
  oauth: "signed in",
  other_tool: "login of another tool",
  none: "no credential",
  not_needed: "needs none",
};

/** Empty where there is none. */
export function credentialText(source: CredentialSource): string {
  return source === "none" ? "" : SOURCES[source];
}

export function accountText({ source, account, accounts }: AuthStatus): string {
  const as = account ? ` as ${account}` : "";
  const others = accounts.length > 1 ? `, ${accounts.length} accounts` : "";
  return `${SOURCES[source]}${as}${others}`;
}
