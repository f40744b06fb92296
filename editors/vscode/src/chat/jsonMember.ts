// A member put at the beginning of a JSON object that may hold comments, or changed where it is.

export interface Change {
  start: number;
  end: number;
  text: string;
}

const BEFORE_THE_OBJECT = /^\uFEFF?(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/;

/** What to replace in `json`; undefined where it holds no object. */
export function withMember(json: string, name: string, value: boolean): Change | undefined {
  const member = `${JSON.stringify(name)}: ${value}`;
  const there = new RegExp(
    `^([ \\t{,]*)"${name.replaceAll(".", "\\.")}"\\s*:\\s*(?:true|false|null)`,
    "m",
  ).exec(json);
  if (there) {
    const start = there.index + (there[1]?.length ?? 0);
    return { start, end: there.index + there[0].length, text: member };
  }
  const begin = BEFORE_THE_OBJECT.exec(json)?.[0].length ?? 0;
  if (json.slice(begin) === "") {
    return { start: begin, end: begin, text: `{\n    ${member}\n}\n` };
  }
  if (json[begin] !== "{") {
    return undefined;
  }
  const empty = /^\{\s*\}/.exec(json.slice(begin));
  return empty
    ? { start: begin, end: begin + empty[0].length, text: `{\n    ${member}\n}` }
    : {
        start: begin + 1,
        end: begin + 1,
        text: `\n    ${member},${/\s/.test(json[begin + 1] ?? "") ? "" : " "}`,
      };
}
