import { constants, setPriority } from 'node:os';
import type { QueueName } from '../domain/queue.ts';

/** Between everybody else's and that of the helper processes, so that heartbeats still come before what they are about. */
const heavyNice = Math.round(constants.priority.PRIORITY_BELOW_NORMAL / 2);

/**
 * A process that serves heavy jobs alone leaves the processor to whoever works on orders. Gives whether it does. On Linux it is the
 * thread of JavaScript that gives way; those of the SDK, which send the heartbeats, do not.
 */
export function giveWay(served: readonly QueueName[]): boolean {
  if (!served.every((queue) => queue === 'heavy')) return false;
  try {
    setPriority(heavyNice);
    return true;
  } catch {
    // The system does not let us: it works all the same.
    return false;
  }
}
