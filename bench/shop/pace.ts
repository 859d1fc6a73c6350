import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { Basket } from './storefront.ts';

export interface Pace {
  readonly basket?: Basket;
  readonly perSecond: number;
  /** How many orders are placed; until `stop` is called where it is not given. */
  readonly count?: number;
}

/** What a paced buyer has seen. */
export interface Paced {
  /** From the call to the last byte of its answer, in milliseconds, in order. */
  readonly durationsMs: number[];
  /** How often each status was answered. */
  readonly statuses: [status: number, count: number][];
}

/**
 * Places orders at a steady pace, whether the ones before are answered or not, from a process of its own: what else this
 * one does is not measured.
 */
export function startPacing(apiUrl: string, pace: Pace): { stop: () => void; paced: Promise<Paced> } {
  const buyer = fork(join(import.meta.dirname, 'pace-process.ts'), [JSON.stringify({ apiUrl, ...pace })]);
  const { promise, resolve, reject } = Promise.withResolvers<Paced>();
  buyer.once('message', (paced: Paced) => resolve(paced));
  buyer.once('error', reject);
  buyer.once('exit', (code) => reject(new Error(`the pacing process has ended with ${code}`)));
  return { stop: () => buyer.send('stop'), paced: promise };
}

export async function placePaced(apiUrl: string, pace: Pace & { count: number }): Promise<Paced> {
  return startPacing(apiUrl, pace).paced;
}
