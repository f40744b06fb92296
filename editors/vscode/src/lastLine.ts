// The end of a text that is still growing, short enough for one line of an editor.

const MOST = 80;

export function lastLine(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !line.trimStart().startsWith("```"));
  const last = lines.at(-1)?.trim() ?? "";
  return last.length > MOST ? `${last.slice(0, MOST)}…` : last;
}
