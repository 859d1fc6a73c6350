import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode } from './errors.ts';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

const pollMs = 25;
const killWaitMs = 5_000;

export type Ending = {
  /** What asks the process to end in good order. */
  signal: 'SIGTERM' | 'SIGINT';
  /** How long it may take before it is killed, in milliseconds. */
  timeoutMs: number;
};

/**
 * Ends a process that leads its own group: asks it, waits, kills what is left of the group.
 *
 * @returns 'ended' when it went by itself, 'killed' when it had to be killed.
 */
export async function endProcess(identity: ProcessIdentity, ending: Ending): Promise<'ended' | 'killed'> {
  send(identity.pid, ending.signal);
  const inTime = await waitForEnd(identity, ending.timeoutMs);
  send(-identity.pid, 'SIGKILL');
  if (inTime) return 'ended';
  await waitForEnd(identity, killWaitMs);
  return 'killed';
}

/** @returns whether the process was gone before the time was up. */
export async function waitForEnd(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (isAlive(identity)) {
    if (Date.now() >= deadline) return false;
    await sleep(pollMs);
  }
  return true;
}

/** Sends a signal to a process, or with a negative id to its group; nobody there is no error. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}
