import { maxWaitSeconds } from '../limits.ts';

/**
 * How many seconds a request wants to wait for its outcome (`Prefer: wait=N`, RFC 7240), at most `maxWaitSeconds`; 0 where
 * it does not. Of two such preferences the first counts; what cannot be read is left aside, as the standard asks.
 */
export function waitSecondsOf(header: string | string[] | undefined): number {
  for (const preference of split([header ?? []].flat().join(','), ',')) {
    const [named = ''] = split(preference, ';');
    const [name = '', ...value] = named.split('=');
    if (name.trim().toLowerCase() === 'wait') return secondsOf(value.join('=').trim());
  }
  return 0;
}

/** The parts of a list; what stands in quotes separates nothing. Takes time in proportion to the text, whatever it holds. */
function split(text: string, separator: ',' | ';'): string[] {
  const parts = [''];
  for (const [piece] of text.matchAll(/"(?:[^"\\]|\\.)*"?|[,;]|[^",;]+/g)) {
    if (piece === separator) parts.push('');
    else parts.push((parts.pop() ?? '') + piece);
  }
  return parts;
}

/** A number of seconds as a token or, which is the same, in quotes. */
function secondsOf(value: string): number {
  const [, digits] = /^("?)(\d+)\1$/.exec(value)?.slice(1) ?? [];
  return digits === undefined ? 0 : Math.min(Number(digits), maxWaitSeconds);
}
