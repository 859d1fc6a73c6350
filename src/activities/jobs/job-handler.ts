import type { Pool } from 'pg';
import type { Tx } from '../../db/pool.ts';
import { refused } from '../../domain/failures.ts';
import { inputFaults } from '../../domain/input-faults.ts';
import type { ObjectStore } from '../../domain/object-store.ts';
import type { Documents } from '../../exports/documents.ts';
import type { FileStore } from '../../storage/file-store.ts';
import type { Images } from '../../images/images.ts';
import type { Mailer } from '../../providers/mail.ts';
import type { Logger } from '../../telemetry/logger.ts';
import type { JobType } from './job-type.ts';

/** What handlers work with. */
export interface JobContext {
  readonly pool: Pool;
  readonly mailer: Mailer;
  /** The right side of our Message-IDs. */
  readonly mailDomain: string;
  readonly objects: ObjectStore & Pick<FileStore, 'removeUnfinished'>;
  /** Written, and drawn, by processes of their own. */
  readonly documents: Pick<Documents, 'writeTable' | 'writeSummary'>;
  readonly images: Pick<Images, 'makeSizes'>;
  /** Rows that a clean-up removes in one transaction where its input does not say; orders that an export reads at once. */
  readonly batches: { readonly cleanup: number; readonly export: number };
  /** Where operators are told; null where they have no address. */
  readonly operators: { readonly email: string | null };
  /** With the job's id, type and attempt on every line. */
  readonly logger: Logger;
}

/** One attempt of one job. */
export interface JobRun<Input> {
  readonly jobId: string;
  readonly input: Input;
  /** From 1, within the round. */
  readonly attempt: number;
  /**
   * Aborted when the job is cancelled, when the attempt or the job has had its time, and when the worker has to end. Pass it
   * on, and look at it (`signal.throwIfAborted()`) between two pieces of work: whatever is done after it does not count.
   */
  readonly signal: AbortSignal;
  /** Says how far it is, 0 to 100; written now and then, the last word at the end of the attempt at the latest. */
  readonly progress: (percent: number, message?: string) => void;
  /** What the last attempt has kept, of this round; null at first. */
  readonly checkpoint: unknown;
  /**
   * Keeps where the next attempt shall go on, as JSON: a cursor, a list of what is done. Resolves when it is durable. Keep it
   * after the work that it stands for, and let that work stand a repeat.
   */
  readonly keep: (checkpoint: unknown) => Promise<void>;
}

/** A file that the job has put into the object store. */
export interface JobFile {
  readonly key: string;
  /** What it is called where it is downloaded: `orders.csv`. */
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
}

/** What an attempt that succeeded gives. */
export interface JobOutcome {
  /** Small, JSON, shown to whoever may read the job. */
  readonly result?: Readonly<Record<string, unknown>>;
  readonly file?: JobFile;
  /**
   * What has to be true exactly once: committed in the transaction that ends the job, and in no other. Rolled back, with the
   * end, when the job has been cancelled meanwhile or another attempt has taken over.
   */
  readonly commit?: (tx: Tx) => Promise<void>;
}

/**
 * Does the work of one kind of jobs: `src/activities/jobs/<name>/handler.ts`. May run twice where a worker dies. A refusal
 * (`refused(…)` of domain/failures.ts) ends the job as `failed`; anything else that it throws is tried again, and is kept
 * with the job, redacted.
 */
export type JobHandler<Input> = (run: JobRun<Input>, ctx: JobContext) => Promise<JobOutcome>;

/** A type and what does its work. */
export interface RegisteredJob {
  readonly type: JobType;
  readonly handle: JobHandler<unknown>;
}

/** Ties a handler to its type, whose schema reads every input before the handler sees it. */
export function registerJob<Input>(type: JobType<Input>, handle: JobHandler<Input>): RegisteredJob {
  return { type, handle: async (run, ctx) => handle({ ...run, input: read(type, run.input) }, ctx) };
}

/** What an earlier release took need not be what this one takes. */
function read<Input>({ name, input }: JobType<Input>, kept: unknown): Input {
  const { data, error } = input.safeParse(kept);
  if (!error) return data;
  throw refused('InvalidJobInput', `This is no longer an input of ${name}; ${inputFaults(error)}.`);
}
