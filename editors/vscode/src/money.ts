// Money and sizes in few characters.

/** Dollars: cents where there are any, more digits where there are none. */
export function dollars(amount: number): string {
  if (amount === 0) {
    return "$0";
  }
  if (amount < 0.0001) {
    return "<$0.0001";
  }
  return amount < 0.01 ? `$${amount.toPrecision(1)}` : `$${amount.toFixed(2)}`;
}

/** A price per million tokens, without needless zeros. */
export function price(perMTok: number): string {
  return `$${Number(perMTok.toFixed(3))}`;
}

/** A number of tokens, such as 128k or 1M. */
export function tokens(count: number): string {
  if (count >= 1_000_000) {
    return `${Number((count / 1_000_000).toFixed(1))}M`;
  }
  return count >= 1_000 ? `${Math.round(count / 1_000)}k` : String(count);
}
