// What is said when something failed, in one sentence, and what is not worth saying.

/** Something cannot be done, for a reason that is no answer of the server's. The message says what to do. */
export class Unavailable extends Error {
  /** What is wrong with the server itself, if that is what it is. */
  readonly reason: string | undefined;
  /** Whether the user has been told already. */
  readonly told: boolean;

  constructor(message: string, { reason, told = false }: { reason?: string; told?: boolean } = {}) {
    super(message);
    this.reason = reason;
    this.told = told;
  }
}

const CANCELLED = [-32800, -32802];
const CONNECTION_GONE = [-32097, -32099, -32096];

/** The sentence to show for `error`; undefined if the user did it, or knows. */
export function sentence(error: unknown): string | undefined {
  if (error instanceof Unavailable) {
    return error.told ? undefined : error.message;
  }
  const code = codeOf(error);
  if (code !== undefined && CANCELLED.includes(code)) {
    return undefined;
  }
  if (code !== undefined && CONNECTION_GONE.includes(code)) {
    return "the server ended before it had answered. Nothing was changed; ask again once it is back.";
  }
  return error instanceof Error ? error.message : String(error);
}

export function isCancelled(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && CANCELLED.includes(code);
}

/** The `kind` of a failed request, such as `missing_credentials`, or what is wrong with the server. */
export function kindOf(error: unknown): string | undefined {
  if (error instanceof Unavailable) {
    return error.reason;
  }
  const data = (error as { data?: { kind?: unknown } } | undefined)?.data;
  return typeof data?.kind === "string" ? data.kind : undefined;
}

function codeOf(error: unknown): number | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "number" ? code : undefined;
}
