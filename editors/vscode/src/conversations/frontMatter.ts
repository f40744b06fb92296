// Whether a document says at its top that it is a chat.

const MOST_LINES = 40;

/** `lineAt` gives a line without its end, undefined behind the last one. */
export function saysChat(lineAt: (line: number) => string | undefined): boolean {
  if (lineAt(0)?.trimEnd() !== "---") {
    return false;
  }
  for (let line = 1; line < MOST_LINES; line++) {
    const text = lineAt(line);
    if (text === undefined || /^(?:---|\.\.\.)\s*$/.test(text)) {
      return false;
    }
    if (/^llm-ls[ \t]*:[ \t]*["']?chat["']?\s*$/.test(text)) {
      return true;
    }
  }
  return false;
}
