/** How a job stands, as Postgres keeps it; a trigger holds the same table. */
export const nextJobStatuses = {
  /** Not due yet. */
  scheduled: ['blocked', 'ready', 'failed', 'cancelled'],
  /** Another job of its ordering key goes first. */
  blocked: ['ready', 'failed', 'cancelled'],
  /** May be handed to Temporal. */
  ready: ['dispatched', 'failed', 'cancelled'],
  /** Handed to Temporal; no attempt has begun. Back to `ready` where that run was lost. */
  dispatched: ['ready', 'running', 'failed', 'cancelled', 'dead'],
  /** From its first attempt to its end. Back to `ready` where its next attempt has to wait for its turn. */
  running: ['ready', 'completed', 'failed', 'cancelled', 'dead'],
  completed: [],
  /** Refused: not worth a retry. */
  failed: ['blocked', 'ready'],
  cancelled: ['blocked', 'ready'],
  /** Attempts or deadline used up. */
  dead: ['blocked', 'ready'],
} as const satisfies Record<string, readonly string[]>;

export type JobStatus = keyof typeof nextJobStatuses;

export const jobStatuses = [
  'scheduled',
  'blocked',
  'ready',
  'dispatched',
  'running',
  'completed',
  'failed',
  'cancelled',
  'dead',
] as const satisfies JobStatus[];

/** How a job stands, as clients are told: whether it waits for its turn or for a worker is nothing to them. */
export const publicJobStatuses = [
  'queued',
  'scheduled',
  'running',
  'completed',
  'failed',
  'cancelled',
  'dead',
] as const;
export type PublicJobStatus = (typeof publicJobStatuses)[number];

const shownAs: Record<JobStatus, PublicJobStatus> = {
  scheduled: 'scheduled',
  blocked: 'queued',
  ready: 'queued',
  dispatched: 'queued',
  running: 'running',
  completed: 'completed',
  failed: 'failed',
  cancelled: 'cancelled',
  dead: 'dead',
};

export function publicStatus(status: JobStatus): PublicJobStatus {
  return shownAs[status];
}

/** The statuses that clients know as this one. */
export function statusesShownAs(shown: PublicJobStatus): JobStatus[] {
  return jobStatuses.filter((status) => shownAs[status] === shown);
}

/** The statuses in which a job has ended, unless somebody starts it again. */
export const endedJobStatuses = ['completed', 'failed', 'cancelled', 'dead'] as const satisfies JobStatus[];
export type EndedJobStatus = (typeof endedJobStatuses)[number];

export function hasJobEnded(status: JobStatus): status is EndedJobStatus {
  return (endedJobStatuses as readonly JobStatus[]).includes(status);
}

/** From the least urgent to the most; 0 where nothing is said. */
export const jobPriority = { min: -100, max: 100 } as const;

/** The longest ordering or unique key, in characters. */
export const maxJobKeyCharacters = 200;

/** How much an input or a result may be, as JSON in UTF-8. What is larger belongs into a file, whose id then travels. */
export const maxJobInputBytes = 64 * 1024;
export const maxJobResultBytes = 64 * 1024;

/** The longest message about a job's progress, in characters; what is longer is cut. */
export const maxProgressCharacters = 500;
