const sameRequestMs = 1_000;

/** The wish of the user, or of the system, that this process end. */
export type StopRequest = {
  /** Aborted by it, with the signal's name as the reason. */
  signal: AbortSignal;
  /** Resolved by it. */
  arrived: Promise<void>;
};

/**
 * Waits for SIGINT, SIGTERM or SIGHUP. A terminal's Ctrl-C often arrives twice, from the terminal and from npm; one that
 * comes a second later is meant, and ends the process at once: what is left running is ended by the reaper.
 */
export function stopRequest(): StopRequest {
  const abort = new AbortController();
  const arrived = Promise.withResolvers<void>();
  let firstAtMs: number | undefined;
  const handle = (signal: string) => {
    if (firstAtMs !== undefined && Date.now() - firstAtMs > sameRequestMs) process.exit(130);
    firstAtMs ??= Date.now();
    abort.abort(signal);
    arrived.resolve();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, handle);
  // The bootstrap on an older Node runs this as its child, and is gone.
  process.once('disconnect', () => handle('disconnect'));
  return { signal: abort.signal, arrived: arrived.promise };
}
