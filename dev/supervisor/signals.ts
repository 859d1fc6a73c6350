const sameRequestMs = 1_000;

/**
 * Resolves at the first SIGINT or SIGTERM. A terminal's Ctrl-C often arrives twice, from the terminal and from npm; one
 * that comes a second later is meant, and ends the process at once: what is left running is ended by the reaper.
 */
export function untilAskedToStop(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let firstAtMs: number | undefined;
    const handle = (signal: NodeJS.Signals) => {
      firstAtMs ??= Date.now();
      if (Date.now() - firstAtMs > sameRequestMs) process.exit(130);
      resolve(signal);
    };
    // The bootstrap on an older Node runs this as its child, and is gone.
    process.once('disconnect', () => resolve('SIGTERM'));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, handle);
  });
}
