const quietMs = 2_000;
const repeatMs = 15_000;

export type Say = (line: string) => void;

/** Runs work that may take a while: says what it is when two seconds have passed, again now and then, and its end. */
export async function progress<Result>(say: Say, what: string, work: () => Promise<Result>): Promise<Result> {
  const startedAtMs = Date.now();
  const seconds = () => Math.round((Date.now() - startedAtMs) / 1000);
  let repeat: NodeJS.Timeout | undefined;
  const first = setTimeout(() => {
    say(`${what} …`);
    repeat = setInterval(() => say(`${what} … ${seconds()} s`), repeatMs);
  }, quietMs);
  try {
    const result = await work();
    if (repeat !== undefined) say(`${what}: done in ${seconds()} s`);
    return result;
  } finally {
    clearTimeout(first);
    clearInterval(repeat);
  }
}
