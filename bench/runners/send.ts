import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { BareKind } from '../bare-temporal/messages.ts';

/** How many orders, and how they come: at a steady pace whatever happens, or as fast as so many clients get answers. */
export type Pattern = { readonly count: number } & (
  { readonly perSecond: number } | { readonly clients: number }
);

/** To whom. */
export type Address =
  | { readonly api: string; readonly sku: string }
  | {
      readonly bare: BareKind;
      readonly databaseUrl: string;
      readonly temporal: string;
      readonly namespace: string;
    };

/** One order as its sender saw it. */
export interface Sent {
  /** Null where it was not accepted. */
  readonly id: string | null;
  /** Milliseconds since the epoch: when the call was made. */
  readonly atMs: number;
  /** Until the last byte of the answer. */
  readonly durationMs: number;
  /** The answer's status; an error's code. */
  readonly outcome: string;
}

export interface Sending {
  readonly sent: readonly Sent[];
  /** What the sender itself has used. */
  readonly cpuMs: number;
}

/** Sends orders from a process of its own: what else this one does is not measured. */
export async function send(address: Address, pattern: Pattern): Promise<Sending> {
  const child = fork(join(import.meta.dirname, 'send-process.ts'), [JSON.stringify({ address, pattern })]);
  const { promise, resolve, reject } = Promise.withResolvers<Sending>();
  child.once('message', (sending: Sending) => resolve(sending));
  child.once('error', reject);
  child.once('exit', (code) => reject(new Error(`the sender has ended with ${code}`)));
  return promise;
}
