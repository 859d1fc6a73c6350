/** Waits for work, or gives it up when it is asked to: the work itself goes on, but nobody waits for it any more. */
export async function untilAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<Result> {
  if (signal === undefined) return work;
  const aborted = new Promise<never>((_, reject) => {
    const giveUp = () => reject(new Error(`given up: ${String(signal.reason)}`));
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
  return Promise.race([work, aborted]);
}
