// A pending edit in words: what becomes of a file, and of how many.

import type { Proposal } from "../messages.ts";

/** The file and what becomes of it, such as `src/a.py +3 −1` or `delete src/b.py`; `nameOf` names a uri. */
export function partWords(part: Proposal, nameOf: (uri: string) => string): string {
  const name = nameOf(part.uri);
  switch (part.operation?.kind) {
    case "create":
      return `create ${name} (${part.summary})`;
    case "delete":
      return `delete ${name}`;
    case "rename":
      return `rename ${name} to ${nameOf(part.operation.newUri ?? "")}${part.hunks.length > 0 ? ` (${part.summary})` : ""}`;
    default:
      return `${name} (${part.summary})`;
  }
}

/** What the button that makes the operation of a file says. */
export function operationWords({ operation }: Proposal, nameOf: (uri: string) => string): string | undefined {
  switch (operation?.kind) {
    case "delete":
      return "Delete this file";
    case "rename":
      return `Rename it to ${nameOf(operation.newUri ?? "")}`;
    default:
      return undefined;
  }
}

/** What it is a part of, or what was asked for, and the model; what an agent of the editor's proposes names none. */
export function originWords({ changeSet, title, model }: Proposal): string {
  return [changeSet?.title ?? title, model].filter((word) => word !== "").join(" · ");
}
