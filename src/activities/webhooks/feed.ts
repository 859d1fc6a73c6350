import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { extendTurn, type Destination } from '../../db/webhooks/destinations.ts';
import { readDue, recoverSome, type DueDelivery } from '../../db/webhooks/deliveries.ts';
import {
  extendEveryMs,
  firstPauseMs,
  freshMs,
  lingerMs,
  longestPauseMs,
  pauseFactor,
  readAhead,
  recoverBatch,
  turnMs,
} from './limits.ts';

/** A message to be sent, and the destination as it was when the message was taken up. */
export interface Taken {
  readonly delivery: DueDelivery;
  readonly destination: Destination;
}

/** What is due at a destination, for several that send at once. */
export interface Feed {
  /** The next message, as soon as there is one; undefined when the turn is over. */
  next(): Promise<Taken | undefined>;
  /** What became of it has been written down. */
  done(deliveryId: string): void;
  /** Gives no more. */
  close(): void;
  /** Whether the turn ended with its time, and not for want of messages. */
  readonly isOutOfTime: boolean;
}

/** What ends a turn before its time. */
export interface Ending {
  /** The worker takes up nothing new. */
  readonly isStopping: () => boolean;
  /** What is on its way is given up. */
  readonly signal: AbortSignal;
}

export interface Turn {
  readonly destinationId: string;
  readonly number: number;
  /** How long the destination is the turn's own after each look, in milliseconds. */
  readonly leaseMs: number;
  /** How many send at once. */
  readonly concurrency: number;
}

export function createFeed(pool: Pool, turn: Turn, { isStopping, signal }: Ending): Feed {
  const { destinationId, number, leaseMs, concurrency } = turn;
  const overAt = performance.now() + turnMs;
  const queue: Taken[] = [];
  const inHand = new Set<string>();
  let isOver = false;
  let isOutOfTime = false;
  let looking: Promise<void> | undefined;
  let extendedAt = -Infinity;
  let takenUpAt = -Infinity;
  let busyAt = performance.now();
  let pauseMs = firstPauseMs;

  /** Takes up what is due, or waits a little for something to be. */
  async function look(): Promise<void> {
    const due = await readDue(pool, destinationId, [...inHand], concurrency * readAhead);
    if (due.length > 0 || performance.now() - extendedAt > extendEveryMs) await takeUp(due);
    if (due.length > 0 || inHand.size > 0) busyAt = performance.now();
    if (isStopping() || performance.now() - busyAt > lingerMs) isOver = true;
    if (due.length > 0) pauseMs = firstPauseMs;
    else if (!isOver) await rest();
  }

  /** Makes sure that the destination is still the turn's own, and open, before anything is sent there. */
  async function takeUp(due: readonly DueDelivery[]): Promise<void> {
    isOutOfTime = performance.now() > overAt;
    const destination = await extendTurn(pool, destinationId, number, leaseMs);
    extendedAt = performance.now();
    if (!destination?.isOpen || isOutOfTime) {
      isOver = true;
      return;
    }
    takenUpAt = extendedAt;
    for (const delivery of due) {
      inHand.add(delivery.id);
      queue.push({ delivery, destination });
    }
    await recover(destination);
  }

  async function recover({ recoverAfter }: Destination): Promise<void> {
    if (recoverAfter === null) return;
    await recoverSome(pool, destinationId, recoverAfter, recoverBatch);
    // What it has made due is to be seen, and what is left of it to be recovered.
    extendedAt = -Infinity;
    busyAt = performance.now();
  }

  /** What was taken up long ago is taken up anew: its endpoint may be another one by now, or none. */
  function putBack(): void {
    for (const { delivery } of queue) inHand.delete(delivery.id);
    queue.length = 0;
  }

  async function rest(): Promise<void> {
    await pause(pauseMs, undefined, { signal });
    pauseMs = Math.min(pauseMs * pauseFactor, longestPauseMs);
  }

  return {
    async next() {
      while (!isOver) {
        if (performance.now() - takenUpAt > freshMs) putBack();
        const taken = queue.shift();
        if (taken) return taken;
        looking ??= look().finally(() => {
          looking = undefined;
        });
        await looking;
      }
      return undefined;
    },
    done: (deliveryId) => void inHand.delete(deliveryId),
    close() {
      isOver = true;
    },
    get isOutOfTime() {
      return isOutOfTime;
    },
  };
}
