import { fork } from 'node:child_process';
import { join } from 'node:path';

/** To whom jobs are sent: over HTTP, or by a direct call of the library. */
export type Address =
  | { readonly api: string; readonly type: string }
  | { readonly redisPort: number; readonly queue: string }
  | { readonly pgBoss: string; readonly queue: string };

/** So many jobs, as fast as so many clients get answers. */
export interface Stage {
  readonly count: number;
  readonly clients: number;
  /** Of those, how many are not counted: connections and compiled code come to be. */
  readonly warmUps: number;
}

export interface SentStage {
  /** From the call to its answer, in milliseconds. */
  readonly durationsMs: readonly number[];
  /** The stage's own time. */
  readonly tookMs: number;
}

export interface Sent {
  readonly stages: readonly SentStage[];
  /** What the sender itself has used, its start left out. */
  readonly cpuMs: number;
}

/** Sends jobs, stage after stage, from a process of its own: what else this one does is not measured. */
export async function send(address: Address, stages: readonly Stage[]): Promise<Sent> {
  const child = fork(join(import.meta.dirname, 'send-process.ts'), [JSON.stringify({ address, stages })]);
  const { promise, resolve, reject } = Promise.withResolvers<Sent>();
  child.once('message', (sent: Sent) => resolve(sent));
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`the sender has ended with ${code}`)));
  return promise;
}
