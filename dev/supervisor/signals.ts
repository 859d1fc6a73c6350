const sameRequestMs = 1_000;

/**
 * Resolves at the first SIGINT or SIGTERM. A terminal's Ctrl-C often arrives twice, from the terminal and from npm; one
 * that comes a second later is meant, and ends the process at once: what is left running is ended by the reaper.
 */
export function untilAskedToStop(onFirst: (signal: NodeJS.Signals) => void = () => undefined): Promise<void> {
  return new Promise((resolve) => {
    let firstAtMs: number | undefined;
    const handle = (signal: NodeJS.Signals) => {
      if (firstAtMs === undefined) {
        firstAtMs = Date.now();
        onFirst(signal);
        resolve();
      } else if (Date.now() - firstAtMs > sameRequestMs) process.exit(130);
    };
    // The bootstrap on an older Node runs this as its child, and is gone.
    process.once('disconnect', () => handle('SIGTERM'));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, handle);
  });
}
