import type { WorkerConfig } from '../config/config.ts';
import { queueNames } from '../domain/queue.ts';

/** `orders (100 at once), notices (20 at once, 5 a second), heavy (4 at once, 3 attempts)`: what a process serves, in a line. */
export function describeQueues(queues: WorkerConfig['queues']): string {
  const served = queueNames.flatMap((name) => {
    const queue = queues[name];
    if (!queue) return [];
    const limits = [
      `${queue.concurrency} at once`,
      queue.perSecond !== null && `${queue.perSecond} a second`,
      queue.perSecondInAll !== null && `${queue.perSecondInAll} a second in all`,
      queue.attempts !== null && `${queue.attempts} attempts`,
    ].filter((limit) => limit !== false);
    return [`${name} (${limits.join(', ')})`];
  });
  return served.join(', ');
}
