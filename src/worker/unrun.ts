import type { Worker } from '@temporalio/worker';

/** Ends a worker that was made and never run: nothing else makes it let go of its connection. */
export async function endUnrun(worker: Worker): Promise<void> {
  const run = worker.run();
  worker.shutdown();
  await run;
}

/** All these workers, or none of them: where one cannot be made, those that were are ended. */
export async function allOrNone(making: readonly Promise<Worker>[]): Promise<Worker[]> {
  const settled = await Promise.allSettled(making);
  const made = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const failed = settled.find((one) => one.status === 'rejected');
  if (!failed) return made;
  await Promise.allSettled(made.map(endUnrun));
  throw failed.reason;
}
