// A line of the server's log as the output channel shows it: at its level, and with one date.

const LINE = /^\d{4}-\d\d-\d\d \S+ (ERROR|WARNING|INFO|DEBUG) (.*)$/;
const LEVELS = { ERROR: "error", WARNING: "warn", INFO: "info", DEBUG: "debug" } as const;

export function parseLogLine(line: string): { level: "error" | "warn" | "info" | "debug"; message: string } {
  const found = LINE.exec(line);
  return found
    ? { level: LEVELS[found[1] as keyof typeof LEVELS], message: found[2] ?? "" }
    : { level: "info", message: line };
}
