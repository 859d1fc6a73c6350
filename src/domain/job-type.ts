import type { z } from 'zod';
import type { Backoff } from './policies.ts';

/** The task queues of jobs: `heavy` for what takes the processor or much memory, with workers of its own. */
export const jobQueues = ['jobs', 'heavy'] as const;
export type JobQueue = (typeof jobQueues)[number];

/** How often a job is tried, and how long it is put off in between. */
export interface RetryProfile {
  /** In one round; then it is dead. */
  readonly maxAttempts: number;
  readonly backoff: Backoff;
}

/**
 * The rules of one kind of jobs. Times are in milliseconds. They are read when a job is accepted, handed out and tried, so
 * that a change counts for the jobs that wait as well.
 */
export interface JobRules<Input = unknown> {
  /** Kebab-case: `export-orders`. It is kept with every job, so it never changes. */
  readonly name: string;
  /** What it gives has to be JSON that it reads again as the same: it is read before each attempt. */
  readonly input: z.ZodType<Input>;
  readonly queue: JobQueue;
  readonly retry: RetryProfile;
  /** How long one attempt may take; its signal is aborted then, and the next one begins. */
  readonly attemptTimeoutMs: number;
  /**
   * How long it may take in all, from its first attempt on and with the waits between attempts, those for a slot too; then it is
   * dead, which one that waits is found to be when its next attempt is due. What it waits in the queue while its type is paused
   * does not count. A new round has as long again.
   */
  readonly deadlineMs: number;
  /**
   * How many may be tried at once, over all workers; null where only the workers' slots count. A handler that works on although its
   * signal was aborted is not counted any more.
   */
  readonly concurrency: number | null;
  /** From this many waiting jobs on the API takes no more of them (429). Jobs that the service itself makes are taken. */
  readonly maxBacklog: number;
  /** How long a unique key keeps other jobs of the type out: until its job has ended, or for ever. */
  readonly uniqueness: 'until_ended' | 'for_ever';
  /**
   * True where an attempt is a few short statements: the first one then runs within the workflow task of a run that it shares
   * with others, which costs a fraction, and has `shortAttemptTimeoutMs` for it. A second attempt runs like any other.
   */
  readonly short: boolean;
  /** How long a file that it makes can be fetched; null for jobs that make none. */
  readonly fileLifetimeMs: number | null;
  /** Whether clients may ask for it by `POST /jobs`; the others are made by the service alone. */
  readonly offered: boolean;
}

/** Short jobs that are handed over together, at most: each has its first attempt in a run that they share. */
export const batchSize = 20;

/**
 * After a worker was met that does not know a type: for how long none of its jobs is handed over, and for how long after that no
 * more than one at a time, to find out. Each that does not know it begins that anew. In milliseconds.
 */
export const unknownType = { restMs: 30_000, doubtMs: 120_000 } as const;

/** How long an attempt of a short type may take: below the workflow task that it runs in. */
export const shortAttemptTimeoutMs = 2_000;

/** For most: an outage of an hour is waited out, whatever chance makes of the waits. */
export const patientRetry: RetryProfile = {
  maxAttempts: 22,
  backoff: { firstMs: 1_000, factor: 2, maxMs: 10 * 60 * 1000 },
};

/** For what is repeated at a cost: five attempts in about two minutes. */
export const briefRetry: RetryProfile = {
  maxAttempts: 5,
  backoff: { firstMs: 2_000, factor: 3, maxMs: 60_000 },
};
