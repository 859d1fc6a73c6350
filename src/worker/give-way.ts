import { readFileSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import type { QueueName } from '../domain/queue.ts';

/** Between everybody else's and that of the helper processes, so that heartbeats still come before what they are about. */
const heavyNice = Math.round(constants.priority.PRIORITY_BELOW_NORMAL / 2);

/** Of the process with all that it starts, against other sessions. */
const sessionNice = constants.priority.PRIORITY_LOW;

/**
 * A process that serves heavy jobs alone leaves the processor to whoever works on orders. Gives whether it does. On Linux it is the
 * thread of JavaScript that gives way; those of the SDK, which send the heartbeats, do not.
 */
export function giveWay(served: readonly QueueName[]): boolean {
  if (!served.every((queue) => queue === 'heavy')) return false;
  const steps = [() => setPriority(heavyNice), giveWayAsSession];
  return steps.map(succeeds).some(Boolean);
}

/**
 * Where Linux shares the processor between sessions first (autogroup), a process of a session of its own gives way to nobody by its
 * nice level alone.
 */
function giveWayAsSession(): void {
  if (sessionOf(readFileSync('/proc/self/stat', 'utf8')) === process.pid)
    writeFileSync('/proc/self/autogroup', String(sessionNice));
}

/** The sixth field of proc_pid_stat(5); the second is a name that may hold anything. */
function sessionOf(stat: string): number {
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
}

/** Where the system does not let us, it works all the same. */
function succeeds(step: () => void): boolean {
  try {
    step();
    return true;
  } catch {
    return false;
  }
}
