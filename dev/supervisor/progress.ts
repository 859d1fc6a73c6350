const quietMs = 2_000;
const firstRepeatMs = 15_000;
const lastRepeatMs = 60_000;

export type Say = (line: string) => void;

/**
 * Runs work that may take a while: says what it is when two seconds have passed, again now and then, and its end. The work
 * is given a function with which it can say how far it is.
 */
export async function progress<Result>(
  say: Say,
  what: string,
  work: (setDetail: (detail: string) => void) => Promise<Result>,
): Promise<Result> {
  const startedAtMs = Date.now();
  const elapsed = () => `${Math.round((Date.now() - startedAtMs) / 1000)} s`;
  let detail = '';
  let spoken = false;
  let timer = setTimeout(first, quietMs);
  function first() {
    spoken = true;
    say(`${what} …`);
    timer = setTimeout(again, firstRepeatMs, firstRepeatMs);
  }
  function again(pauseMs: number) {
    say(`${what} … ${elapsed()}${detail === '' ? '' : `, ${detail}`}`);
    const nextMs = Math.min(pauseMs * 2, lastRepeatMs);
    timer = setTimeout(again, nextMs, nextMs);
  }
  try {
    const result = await work((now) => (detail = now));
    if (spoken) say(`${what}: done in ${elapsed()}`);
    return result;
  } finally {
    clearTimeout(timer);
  }
}
