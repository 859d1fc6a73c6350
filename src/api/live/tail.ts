import type { NumberedEvent } from '../../db/orders/event-tail.ts';
import { backoffMs } from '../../domain/policies.ts';
import { createAlarm } from '../../relay/alarm.ts';
import { databaseBackoff } from '../../relay/limits.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { tailPace, type TailPace } from '../limits.ts';

/** What is followed by its number. */
interface Numbered {
  readonly number: number;
}

/** Somebody who reads the events of an order, or of a job, as they are committed. */
export interface Follower<Event extends Numbered = NumberedEvent> {
  /** The next events in order, at least one. Gives whether it can take more now; if not, it says so later by `goOn`. */
  take(events: readonly Event[]): boolean;
  /** The tail has stopped, and there is nothing more to come from it. */
  stopped(): void;
}

export interface Following {
  /** Ready for more, after `take` has given false. */
  goOn(): void;
  /** Reads no more. */
  stop(): void;
}

/** Reads new events for all streams and waiters of this process, many in one statement. */
export interface Tail<Event extends Numbered = NumberedEvent> {
  /** Gives the follower every event of the order or job with this id after the number `after`, each once. */
  follow(id: string, after: number, follower: Follower<Event>): Following;
  /** Tells every follower that it is over, those to come as well. */
  stop(): void;
}

/** How far a reader has come with one id. */
export interface Position {
  readonly id: string;
  readonly after: number;
}

interface Watch<Event extends Numbered> {
  readonly id: string;
  readonly follower: Follower<Event>;
  after: number;
  /** False while its follower can take no more. */
  ready: boolean;
  /** When it is looked for next, on the clock of `performance.now()`, and the pause that led there. */
  dueAt: number;
  pauseMs: number;
}

/**
 * A tail that looks while it is followed, and never otherwise. The longer nothing happens to an order, the longer it waits
 * between two looks for it: an event is seen late by at most half the time that the order had been quiet before.
 */
export function createTail<Event extends Numbered>(parts: {
  /** The next events of each position, up to `limit` a position, in the positions' order. */
  readonly read: (positions: readonly Position[], limit: number) => Promise<Event[][]>;
  readonly logger: Logger;
  readonly pace?: TailPace;
}): Tail<Event> {
  const { read, logger, pace = tailPace } = parts;
  const watches = new Set<Watch<Event>>();
  const alarm = createAlarm();
  let running = false;
  let stopped = false;

  async function run(): Promise<void> {
    let failures = 0;
    while (watches.size > 0) {
      const startedAt = performance.now();
      try {
        await look(dueAt(startedAt));
        failures = 0;
        const leastMs = Math.max(pace.gatherMs, (performance.now() - startedAt) * pace.restFactor);
        await alarm.wait(untilNextDue(), leastMs);
      } catch (error) {
        failures += 1;
        if (failures === 1) logger.warn({ event: 'eventsNotRead', err: error }, 'events cannot be read');
        const pauseMs = backoffMs(databaseBackoff, failures, Math.random());
        await alarm.wait(pauseMs, pauseMs);
      }
    }
    running = false;
  }

  /** Those whose turn it is, the longest due first. */
  function dueAt(now: number): Watch<Event>[] {
    return [...watches]
      .filter((watch) => watch.ready && watch.dueAt <= now)
      .toSorted((a, b) => a.dueAt - b.dueAt)
      .slice(0, pace.ordersPerLook);
  }

  async function look(due: readonly Watch<Event>[]): Promise<void> {
    if (due.length === 0) return;
    const found = await read(due, pace.eventsPerLook);
    const now = performance.now();
    due.forEach((watch, index) => {
      if (watches.has(watch)) hand(watch, found[index] ?? [], now);
    });
  }

  function hand(watch: Watch<Event>, events: readonly Event[], now: number): void {
    const last = events.at(-1);
    if (!last) {
      watch.pauseMs = Math.min(watch.pauseMs * pace.pauseFactor, pace.longestPauseMs);
      watch.dueAt = now + watch.pauseMs;
      return;
    }
    watch.after = last.number;
    watch.pauseMs = pace.shortestPauseMs;
    watch.dueAt = events.length < pace.eventsPerLook ? now + watch.pauseMs : now;
    watch.ready = watch.follower.take(events);
  }

  function untilNextDue(): number {
    const now = performance.now();
    let soonest = now + pace.longestPauseMs;
    for (const watch of watches) if (watch.ready) soonest = Math.min(soonest, watch.dueAt);
    return Math.max(0, soonest - now);
  }

  function start(): void {
    alarm.ring();
    if (running) return;
    running = true;
    void run();
  }

  return {
    follow(id, after, follower) {
      const watch: Watch<Event> = {
        id,
        follower,
        after,
        ready: true,
        dueAt: performance.now(),
        pauseMs: pace.shortestPauseMs,
      };
      if (stopped) {
        queueMicrotask(() => follower.stopped());
      } else {
        watches.add(watch);
        start();
      }
      return {
        goOn() {
          watch.ready = true;
          watch.dueAt = performance.now();
          alarm.ring();
        },
        stop: () => watches.delete(watch),
      };
    },
    stop() {
      stopped = true;
      const followed = [...watches];
      watches.clear();
      alarm.ring();
      for (const { follower } of followed) follower.stopped();
    },
  };
}
