import type { Pool } from 'pg';
import { readNextEvents } from '../../db/orders/event-tail.ts';
import { readNextJobEvents, type NumberedJobEvent } from '../../db/jobs/event-tail.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { maxEventStreams, maxWaiters } from '../limits.ts';
import { createRoom, type Room } from './room.ts';
import { createTail, type Tail } from './tail.ts';

/** What live and waiting reads share in one process. */
export interface Live {
  /** Of orders. */
  readonly tail: Tail;
  readonly jobTail: Tail<NumberedJobEvent>;
  /** Streams that are open. */
  readonly streams: Room;
  /** Requests that wait for what becomes of their order. */
  readonly waiters: Room;
  /** Tells everybody who follows something that it is over, those to come as well. */
  stop(): void;
}

export function createLive({ pool, logger }: { readonly pool: Pool; readonly logger: Logger }): Live {
  const tail = createTail({ read: (positions, limit) => readNextEvents(pool, positions, limit), logger });
  const jobTail = createTail({
    read: (positions, limit) => readNextJobEvents(pool, positions, limit),
    logger,
  });
  return {
    tail,
    jobTail,
    streams: createRoom(maxEventStreams),
    waiters: createRoom(maxWaiters),
    stop() {
      tail.stop();
      jobTail.stop();
    },
  };
}
