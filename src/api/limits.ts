/** Every limit and time-out of the HTTP interface. The documented ones are in api.md's table as well. */

export const maxBodyBytes = 256 * 1024;
/** A provider's event carries whole objects. */
export const maxWebhookBytes = 1024 * 1024;
export const maxHeaderBytes = 16 * 1024;
/** How deep JSON may be nested; no body of ours goes beyond five. */
export const maxJsonDepth = 32;
/** How many errors one answer names. */
export const maxInputErrors = 100;
export const maxIdempotencyKeyCharacters = 255;

export const maxOrderLines = 100;
export const maxLineQuantity = 1000;
export const maxMetadataKeys = 50;
/** Of a key and of its value. */
export const maxMetadataCharacters = 500;
export const maxReasonCharacters = 500;
/** Refusals that the view of a bulk operation lists. */
export const maxRefusalsShown = 100;
/** A year. */
export const maxDelaySeconds = 366 * 24 * 60 * 60;
export const maxOnHand = 100_000_000;

/** For how long a key that was looked up is taken as it was: a revoked one is good for no longer than that. */
export const keyFreshMs = 2_000;
/** How many keys a process keeps in mind; beyond it forgets them all and looks them up again. */
export const maxKnownKeys = 10_000;
/** How many products a process keeps in mind; beyond it forgets them all and looks them up again. */
export const maxKnownProducts = 10_000;
/** How often it is written down when keys were last used. */
export const noteUsesEveryMs = 10_000;

/** What a client is told to wait, in seconds, while more orders wait than may: longer than it takes to count them again. */
export const retryAfterOverloadSeconds = 10;

/** The same while more jobs of a type wait than may. */
export const retryAfterBacklogSeconds = 10;

/** The same until it asks how a job is. */
export const askAgainSeconds = 1;

/** What a schedule shows of what is to come and of what was, and of how many days it counts what was left out. */
export const nextRunsShown = 5;
export const lastRunsShown = 10;
export const leftOutDays = 30;

export const defaultPageSize = 50;
export const maxPageSize = 100;

export interface HttpTimeouts {
  /** How long a request's headers, and the whole request, may take to arrive: a photo of 20 MB from a phone with 1.1 Mbit/s. */
  readonly headersMs: number;
  readonly requestMs: number;
  /** Longer than the minute for which load balancers keep a connection, so that it is theirs to close. */
  readonly keepAliveMs: number;
  /** How often connections are looked at for these. */
  readonly checkEveryMs: number;
}
export const httpTimeouts: HttpTimeouts = {
  headersMs: 10_000,
  requestMs: 150_000,
  keepAliveMs: 65_000,
  checkEveryMs: 5_000,
};

/** How long the view of a run waits for Temporal, and then for a worker to answer what it is doing. */
export const describeTimeoutMs = 2_000;
export const currentDetailsTimeoutMs = 1_000;
/** How long readiness waits for Postgres. */
export const readyTimeoutMs = 1_000;

/**
 * From more entries of the outbox or waiting jobs than this on, and from this long without progress on, the service's health is a
 * warning.
 */
export const backlogWarning = 1_000;
/** Of so many types of waiting jobs it tells how many there are. */
export const typesNamed = 3;
export const stalledAfterMs = 5 * 60 * 1_000;
/** For how long a look at the service's health is good, and one whether the providers are there. */
export const healthFreshMs = 2_000;
export const reachFreshMs = 15_000;

/** What a client is told to wait, in seconds, before it repeats a request. */
export const retryAfterInFlightSeconds = 1;
export const retryAfterUnavailableSeconds = 2;

/** Streams of events that one process keeps open. */
export const maxEventStreams = 2_000;
/** Requests that wait for what becomes of their order (`Prefer: wait`); one more is answered at once. */
export const maxWaiters = 1_000;
/** The longest that a request waits; whoever asks for more waits this long. */
export const maxWaitSeconds = 30;

export interface StreamPace {
  /** From one sign of life to the next; below the minute after which proxies give a silent connection up. */
  readonly heartbeatMs: number;
  /** How long a client may leave unread what it was sent before it is dropped. */
  readonly stallMs: number;
  /** What a client is told to wait before it connects again. */
  readonly reconnectMs: number;
}
export const streamPace: StreamPace = { heartbeatMs: 15_000, stallMs: 15_000, reconnectMs: 1_000 };

export interface TailPace {
  /** From one look for an order's events to the next: at first, then longer by the factor as long as nothing happens. */
  readonly shortestPauseMs: number;
  readonly pauseFactor: number;
  readonly longestPauseMs: number;
  /** The least time between two looks, in which others may become due and share the next one. */
  readonly gatherMs: number;
  /** A look that took long is followed by a rest this many times as long, so that looking never takes the database up. */
  readonly restFactor: number;
  /** Orders looked for by one statement, and events of one order that it gives. */
  readonly ordersPerLook: number;
  readonly eventsPerLook: number;
}
export const tailPace: TailPace = {
  shortestPauseMs: 10,
  pauseFactor: 1.5,
  longestPauseMs: 500,
  gatherMs: 5,
  restFactor: 3,
  ordersPerLook: 500,
  eventsPerLook: 50,
};
