// A short list of what was said before, the latest first, nothing twice.

const MOST = 30;

export function remembered(earlier: readonly string[], latest: string): string[] {
  return [latest, ...earlier.filter((text) => text !== latest)].slice(0, MOST);
}
