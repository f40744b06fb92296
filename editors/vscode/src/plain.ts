// A text that others wrote, as a message of VS Code: without the links that it makes of `[text](address)`.

const ZERO_WIDTH_SPACE = "\u200b";

export function plain(text: string): string {
  return text.replaceAll("](", `]${ZERO_WIDTH_SPACE}(`);
}
