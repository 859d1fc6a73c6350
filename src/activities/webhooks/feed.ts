import { setTimeout as pause } from 'node:timers/promises';
import type { Pool } from 'pg';
import { extendTurn, type Destination } from '../../db/webhook-destinations.ts';
import { readDue, recoverSome, type DueDelivery } from '../../db/webhook-deliveries.ts';
import { lingerMs, lookEveryMs, readAhead, recoverBatch, turnMs } from './limits.ts';

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
  let busyAt = performance.now();
  let looking: Promise<void> | undefined;
  let isOver = false;
  let isOutOfTime = false;

  /** Takes up what is due, or waits a little for something to be. */
  async function look(): Promise<void> {
    isOutOfTime = performance.now() > overAt;
    const destination = await extendTurn(pool, destinationId, number, leaseMs);
    if (!destination?.isOpen || isOutOfTime || isStopping()) {
      isOver = true;
      return;
    }
    const { recoverAfter } = destination;
    if (recoverAfter !== null) await recoverSome(pool, destinationId, recoverAfter, recoverBatch);
    const due = await readDue(pool, destinationId, [...inHand], concurrency * readAhead);
    for (const delivery of due) {
      inHand.add(delivery.id);
      queue.push({ delivery, destination });
    }
    if (inHand.size > 0 || recoverAfter !== null) busyAt = performance.now();
    if (performance.now() - busyAt > lingerMs) isOver = true;
    else if (due.length === 0) await pause(lookEveryMs, undefined, { signal });
  }

  return {
    async next() {
      while (!isOver) {
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
