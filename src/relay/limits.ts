import type { Backoff } from '../domain/policies.ts';

/** After this long the server takes a workflow task for lost: short, so that an order outlives its worker by seconds. */
export const workflowTaskTimeoutMs = 3_000;

/** For an entry that fails on its own account. */
export const entryBackoff: Backoff = { firstMs: 500, factor: 2, maxMs: 5 * 60 * 1_000 };

/** Between two tries to reach Temporal while it is down. */
export const probeBackoff: Backoff = { firstMs: 200, factor: 2, maxMs: 2_000 };

/** Between two tries to reach the database while it is down. */
export const databaseBackoff: Backoff = { firstMs: 100, factor: 2, maxMs: 2_000 };

/** How long outcomes are gathered before they are written down together. */
export const settleAfterMs = 3;

/** The shortest pause between two looks at the outbox. */
export const busyPollMs = 5;

/** Each look that finds nothing due makes the pause longer by this factor, up to `config.relay.idlePollMs`. */
export const idleFactor = 2;

/** How long Temporal may take to answer whether it is there, after a delivery has failed. */
export const probeTimeoutMs = 2_000;

/** How long it may take to get Temporal ready for the service; a new namespace learns its search attributes slowly. */
export const prepareTimeoutMs = 15_000;

/** How often the outbox is counted; one that is deep takes longer, and is then left alone for as many times as long. */
export const countEveryMs = 1_000;
export const countRestFactor = 20;
