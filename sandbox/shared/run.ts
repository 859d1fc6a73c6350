/** Anything that a sandbox process runs until it is told to stop. */
export interface Runnable {
  close(): Promise<void>;
}

/**
 * Starts a sandbox as a process of its own: one JSON log line when it listens, one when it stops; SIGTERM and SIGINT
 * drain it and end the process with 0.
 */
export async function runUntilSignal<Running extends Runnable>(
  name: string,
  start: () => Promise<Running>,
  describe: (running: Running) => object,
): Promise<void> {
  const running = await start();
  log(`${name} sandbox listens`, describe(running));
  const signalled = Promise.withResolvers<NodeJS.Signals>();
  process.once('SIGTERM', signalled.resolve);
  process.once('SIGINT', signalled.resolve);
  const signal = await signalled.promise;
  await running.close();
  log(`${name} sandbox stopped`, { signal });
  process.exit(0);
}

function log(msg: string, fields: object): void {
  const line = { level: 'info', time: new Date().toISOString(), pid: process.pid, msg, ...fields };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
