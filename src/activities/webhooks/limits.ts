import type { TurnRest } from '../../db/webhooks/destinations.ts';

/** How long a turn goes on while there is something to do, in milliseconds; then other destinations have theirs. */
export const turnMs = 60_000;

/** How long a turn waits for more once nothing is due: steady traffic is one turn, not one for each message. */
export const lingerMs = 1_000;

/** From one look that finds nothing to the next: at first, and so many times as long after each, up to the longest. */
export const firstPauseMs = 50;
export const pauseFactor = 1.5;
export const longestPauseMs = 400;

/** A turn in which nothing is due makes sure of its destination no more often than this; before it sends, it always does. */
export const extendEveryMs = 1_000;

/** A destination is its turn's own for as long as an attempt may take and this much more, from each look on. */
export const leaseMarginMs = 10_000;

/** One look takes up so many times as many messages as are sent at once. */
export const readAhead = 4;

/** How long after a look something that it took up is still sent, in milliseconds; then it is looked at once more. */
export const freshMs = 5_000;

/** How many deliveries one look has tried anew when somebody has asked for that. */
export const recoverBatch = 500;

/** How long a destination is left alone after a turn in which nothing got through although more is due. */
export const rest: TurnRest = { firstMs: 1_000, longestMs: 60_000 };

/** It is written down no more often than this that something got through. */
export const noteSuccessEveryMs = 1_000;

/** How much of a receiver's answer is kept with an attempt. */
export const answerCharacters = 500;
