import { Client, Connection } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import type { TemporalProfile } from '../config/temporal-profile.ts';

/** Temporal as a client sees it. */
export interface Temporal {
  readonly address: string;
  readonly namespace: string;
  readonly client: Client;
  /** Runs calls that fail with DEADLINE_EXCEEDED when they take longer. */
  withTimeout<T>(timeoutMs: number, calls: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A broken connection is tried again after this long at first, and at most after `longestReconnectMs`. */
const firstReconnectMs = 100;

/** gRPC's own two minutes would leave orders waiting long after Temporal is back. */
const longestReconnectMs = 1_000;

/** How soon a connection that has fallen silent is noticed; the server refuses pings more often than every 10 seconds. */
const keepAlive = { everyMs: 15_000, timeoutMs: 5_000 };

/**
 * Connects when the first call is made, and again whenever the connection breaks. A call fails at once while Temporal is
 * out of reach: whoever calls decides whether and when to try again.
 */
export function connectTemporal(
  profile: TemporalProfile,
  identity: string,
  dataConverter: DataConverter,
): Temporal {
  const { address, namespace } = profile;
  const connection = Connection.lazy({
    ...profile.connection.reveal(),
    interceptors: [],
    channelArgs: {
      'grpc.initial_reconnect_backoff_ms': firstReconnectMs,
      'grpc.min_reconnect_backoff_ms': firstReconnectMs,
      'grpc.max_reconnect_backoff_ms': longestReconnectMs,
      'grpc.keepalive_time_ms': keepAlive.everyMs,
      'grpc.keepalive_timeout_ms': keepAlive.timeoutMs,
    },
  });
  const client = new Client({ connection, namespace, identity, dataConverter });
  return {
    address,
    namespace,
    client,
    withTimeout: (timeoutMs, calls) => connection.withDeadline(Date.now() + timeoutMs, calls),
    close: () => connection.close(),
  };
}
