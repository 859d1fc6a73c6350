import type { Pool } from 'pg';
import type { Logger } from '../../telemetry/logger.ts';
import { maxEventStreams, maxWaiters } from '../limits.ts';
import { createRoom, type Room } from './room.ts';
import { createTail, type Tail } from './tail.ts';

/** What live and waiting reads share in one process. */
export interface Live {
  readonly tail: Tail;
  /** Streams that are open. */
  readonly streams: Room;
  /** Requests that wait for what becomes of their order. */
  readonly waiters: Room;
}

export function createLive(parts: { readonly pool: Pool; readonly logger: Logger }): Live {
  return { tail: createTail(parts), streams: createRoom(maxEventStreams), waiters: createRoom(maxWaiters) };
}
