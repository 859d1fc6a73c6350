/** Turns begun after one look. */
export const turnsAtOnce = 50;

/**
 * How long a turn that was asked for has to take its destination over before somebody asks again: longer than a start takes,
 * and short, because a start may have met a turn that was about to end.
 */
export const turnAskedMs = 2_000;
