// A call of a tool, and an attachment, in the words that Chat shows.

const LONGEST = 80;

/** `read_file` as "Read file"; a tool of an MCP server, `github__get_issue`, as "github: get issue". */
export function titleOf(name: string): string {
  const [server, tool] = name.includes("__") ? (name.split(/__(.*)/s, 2) as [string, string]) : ["", name];
  const words = tool.replaceAll("_", " ").trim();
  return server === "" ? words.charAt(0).toUpperCase() + words.slice(1) : `${server}: ${words}`;
}

/** What of the input fits into a line: its texts and numbers, in their order. */
export function inputLine(input: object): string {
  const told = Object.values(input).filter((value) => typeof value === "string" || typeof value === "number");
  const line = told.join(" ").replaceAll(/\s+/g, " ").trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

/** All of the input, which the user is to decide on. */
export function inputLines(input: object): string {
  const lines = Object.entries(input).map(([name, value]) => {
    return `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`;
  });
  return lines.join("\n");
}

/** As Markdown, in which nothing of the input can be a link or a picture. */
export function callLine(name: string, input: object): string {
  const line = inputLine(input);
  return line === "" ? escaped(titleOf(name)) : `${escaped(titleOf(name))} ${code(line)}`;
}

/** What an attachment is of, such as `src/a.py, lines 3 to 7`, which may be `(cut)`; lines from 1, 0 of all. */
export function placeNamed(title: string): { name: string; first: number; last: number } {
  const found = /^(.*?)(?:, lines? (\d+)(?: to (\d+))?)?(?: \([^()]*\))?$/s.exec(title);
  const [, name = title, from = "0", to = from] = found ?? [];
  return { name, first: Number(from), last: Number(to) };
}

function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()<>#+\-.!~|]/g, "\\$&");
}

function code(line: string): string {
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return longest > 0 ? `${fence} ${line} ${fence}` : `${fence}${line}${fence}`;
}
