/** After that a job that was handed to Temporal and has not begun is handed over again, which changes nothing if it is there. */
export const dispatchLeaseMs = 30_000;

/** The shortest pause between two looks at the queue; what is accepted meanwhile shares the next one. */
export const shortestPauseMs = 5;

/** The pause where as many jobs are handed over and not begun as may be: for some of them to begin. */
export const fullPauseMs = 50;

/** How often the clock is looked at: for jobs that fall due, expire, or were handed over in vain. */
export const clockEveryMs = 250;

/** Jobs that one look at the clock lets in, ends, or hands over again. */
export const clockBatch = 500;

/** How often the backlog is counted; one that takes long to count is then left alone for as many times as long. */
export const countBacklogEveryMs = 1_000;
export const countBacklogRestFactor = 20;
