import { setTimeout as pause } from 'node:timers/promises';
import * as attempts from '../../db/jobs/attempts.ts';
import type { BegunAttempt, DispatchRef } from '../../db/jobs/attempts.ts';
import { deadlinePassed, takeOver } from '../../db/jobs/takeover.ts';
import type { EndedJob, JobError } from '../../db/jobs/end.ts';
import { describeFailure, type DescribedFailure } from '../../domain/described-failure.ts';
import { shortAttemptTimeoutMs } from '../../domain/job-type.ts';
import { backoffMs } from '../../domain/policies.ts';
import type { Events } from '../../telemetry/events.ts';
import type { JobContext, JobOutcome, RegisteredJob } from './job-handler.ts';
import { keptJson } from './kept-json.ts';
import { patiently } from './patiently.ts';
import { createProgress } from './progress.ts';
import { createStop, type Stop, type StopReason } from './stop.ts';

/** How long a handler may take to let go once its signal is aborted, in milliseconds; then it is left to itself. */
const letGoMs = 5_000;
const shortLetGoMs = 250;

export interface RunnerContext extends JobContext {
  readonly events: Events;
  /** Who runs the attempts. */
  readonly identity: string;
}

/** How an attempt came about, and what it is told from outside. */
export interface AttemptHost {
  /** Within the workflow task, with little time. */
  readonly short: boolean;
  /** Aborted with the reason to stop. */
  onStop(listener: (reason: StopReason) => void): void;
}

/** What became of a run's attempt: `again` where another one is wanted, after so long. */
export type Attempted =
  | { readonly outcome: 'ended' | 'put_back' | 'gone' }
  | { readonly outcome: 'again'; readonly failure: DescribedFailure; readonly retryInMs: number };

/** Makes one attempt of a job: begins it, has its handler work, and writes down how that went. */
export async function runAttempt(
  ctx: RunnerContext,
  registered: RegisteredJob,
  ref: DispatchRef,
  host: AttemptHost,
): Promise<Attempted> {
  const { pool, identity } = ctx;
  const { type } = registered;
  let begun = await attempts.beginAttempt(pool, ref, type, identity, host.short);
  if (!begun) {
    const taken = await takeOver(pool, ref, type, identity, host.short);
    if (taken.outcome === 'ended') ctx.events.jobEnded(taken.ended);
    if (taken.outcome === 'tried_before')
      return again(workerLost, backoffMs(type.retry.backoff, 1, Math.random()));
    if (taken.outcome !== 'begun') return taken;
    begun = taken.attempt;
  }
  const beganAtMs = performance.now();
  const stop = createStop();
  host.onStop((reason) => stop.now(reason));
  const worked = await work(ctx, registered, begun, stop, host.short);
  return conclude({ ctx, registered, attempt: begun, beganAtMs, stop, short: host.short }, worked);
}

/** Not at once, and not beside those that it was tried with: it may be what has taken their worker down. */
const workerLost: DescribedFailure = {
  type: 'JobWorkerLost',
  message: 'the attempt was not heard of again',
  refusal: false,
  retryAfterMs: undefined,
  facts: {},
};

function again(failure: DescribedFailure, retryInMs: number): Attempted {
  return { outcome: 'again', failure, retryInMs };
}

type Worked = { readonly outcome: JobOutcome } | { readonly error: unknown };

/** Has the handler work until it is done, fails, or does not let go although it has to. */
async function work(
  ctx: RunnerContext,
  { type, handle }: RegisteredJob,
  attempt: BegunAttempt,
  stop: Stop,
  short: boolean,
): Promise<Worked> {
  const { jobId, attempt: number, checkpoint } = attempt;
  const logger = ctx.logger.child({ jobId, jobType: type.name, attempt: number });
  const progress = createProgress({ pool: ctx.pool, logger }, attempt, (standing) => {
    if (standing !== 'counts') stop.now(standing);
  });
  const timeoutMs = short ? shortAttemptTimeoutMs : type.attemptTimeoutMs;
  const ownEnd: StopReason = attempt.leftMs < timeoutMs ? 'out_of_time' : 'timed_out';
  const timer = setTimeout(() => stop.now(ownEnd), Math.min(timeoutMs, attempt.leftMs));
  const run = {
    jobId,
    attempt: number,
    signal: stop.signal,
    checkpoint,
    input: attempt.input,
    progress: (percent: number, message?: string) => progress.say(percent, message),
    keep: (kept: unknown) => progress.keep(kept),
  };
  let atWork = true;
  const handled = (async () => ({ outcome: await handle(run, { ...ctx, logger }) }))().finally(() => {
    atWork = false;
  });
  try {
    return await Promise.race([handled, untilGivenUp(stop, short ? shortLetGoMs : letGoMs)]);
  } catch (error) {
    if (atWork) ctx.events.jobHandlerLeftBehind(aboutAttempt(attempt));
    return { error };
  } finally {
    clearTimeout(timer);
    handled.catch(() => undefined);
    await progress.close();
  }
}

/** Rejects when a handler that had to stop has not done so in time. */
async function untilGivenUp({ signal }: Stop, afterMs: number): Promise<never> {
  // A cancel may have come before there was a handler.
  if (!signal.aborted)
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  await pause(afterMs, undefined, { ref: false });
  throw signal.reason;
}

interface Concluding {
  readonly ctx: RunnerContext;
  readonly registered: RegisteredJob;
  readonly attempt: BegunAttempt;
  /** By `performance.now()`: the worker's clock may be another one than the database's, which `startedAt` is by. */
  readonly beganAtMs: number;
  readonly stop: Stop;
  readonly short: boolean;
}

async function conclude(parts: Concluding, worked: Worked): Promise<Attempted> {
  if ('error' in worked) return concludeFailure(parts, worked.error);
  try {
    return await concludeSuccess(parts, worked.outcome);
  } catch (error) {
    // What was to be committed with the end has failed, and the end with it.
    return concludeFailure(parts, error);
  }
}

async function concludeSuccess(
  { ctx, registered, attempt }: Concluding,
  outcome: JobOutcome,
): Promise<Attempted> {
  if (!isObject(outcome))
    throw new Error('the handler gave no outcome: it has to return an object, {} at least');
  const end = { status: 'completed', result: resultOf(outcome), file: fileOf(outcome, registered) } as const;
  const ended = await patiently(() => attempts.succeed(ctx.pool, attempt, end, outcome.commit));
  return ended ? tellEnd(ctx, ended) : endCancelled(ctx, attempt);
}

/** What goes to the database as JSON by itself, once it is known that it can. */
function resultOf({ result }: JobOutcome): JobOutcome['result'] | null {
  if (result === undefined) return null;
  if (!isPlainObject(result)) throw new Error('the result is no plain object');
  keptJson('result', result);
  return result;
}

function isPlainObject(value: unknown): boolean {
  return isObject(value) && [Object.prototype, null].includes(Object.getPrototypeOf(value));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function fileOf({ file }: JobOutcome, { type }: RegisteredJob) {
  if (!file) return null;
  if (type.fileLifetimeMs === null) throw new Error(`${type.name} says that it makes no files, and made one`);
  return { ...file, lifetimeMs: type.fileLifetimeMs };
}

async function concludeFailure(parts: Concluding, error: unknown): Promise<Attempted> {
  const { ctx, attempt, stop } = parts;
  switch (stop.reason) {
    case 'cancelled':
      return endCancelled(ctx, attempt, true);
    case 'lost':
      return { outcome: 'gone' };
    case 'handed_over':
      await patiently(() => attempts.handOver(ctx.pool, attempt));
      return again(describeFailure(error), handOverDelayMs);
    case 'out_of_time':
      return endForGood(ctx, attempt, 'timed_out', deadlinePassed, { status: 'dead', error: deadlinePassed });
    case 'timed_out':
      return concludeTry(parts, timedOut(parts.short), 'timed_out');
    default:
      return concludeTry(parts, describeFailure(error), 'failed', error);
  }
}

/** The next attempt begins at once, on another worker: the one that hands over polls no more. */
const handOverDelayMs = 100;

function timedOut(short: boolean): DescribedFailure {
  const message = short
    ? `the first attempt of a short job has ${shortAttemptTimeoutMs / 1_000} seconds, and was not done`
    : 'the attempt has had all the time that its type allows';
  return { type: 'JobAttemptTimedOut', message, refusal: false, retryAfterMs: undefined, facts: {} };
}

/** Another attempt, if one is worth while and left. */
async function concludeTry(
  { ctx, registered, attempt, beganAtMs }: Concluding,
  failure: DescribedFailure,
  outcome: 'failed' | 'timed_out',
  thrown?: unknown,
): Promise<Attempted> {
  const durationMs = Math.round(performance.now() - beganAtMs);
  const { maxAttempts, backoff } = registered.type.retry;
  const error = { type: failure.type, detail: failure.message };
  ctx.events.jobAttemptFailed(
    { ...aboutAttempt(attempt), durationMs, failureType: error.type, failureMessage: error.detail },
    thrown,
  );
  if (failure.refusal) return endForGood(ctx, attempt, 'refused', error, { status: 'failed', error });
  if (attempt.attempt >= maxAttempts)
    return endForGood(ctx, attempt, outcome, error, { status: 'dead', error });
  const retryInMs = backoffMs(backoff, attempt.attempt, Math.random(), failure.retryAfterMs);
  if (retryInMs >= attempt.leftMs - durationMs)
    return endForGood(ctx, attempt, outcome, error, { status: 'dead', error: deadlinePassed });
  const counts = await patiently(() => attempts.fail(ctx.pool, attempt, outcome, error, retryInMs));
  return counts ? again(failure, retryInMs) : endCancelled(ctx, attempt);
}

async function endForGood(
  ctx: RunnerContext,
  attempt: BegunAttempt,
  outcome: attempts.FailedOutcome,
  error: JobError,
  end: Parameters<typeof attempts.failForGood>[4],
): Promise<Attempted> {
  const ended = await patiently(() => attempts.failForGood(ctx.pool, attempt, outcome, error, end));
  return ended ? tellEnd(ctx, ended) : endCancelled(ctx, attempt);
}

/** A cancel came first, or somebody else has the job by now. `told`: the run was cancelled, whoever has asked for it. */
async function endCancelled(ctx: RunnerContext, attempt: BegunAttempt, told = false): Promise<Attempted> {
  const ended = await patiently(() => attempts.endCancelled(ctx.pool, attempt, told));
  return ended ? tellEnd(ctx, ended) : { outcome: 'gone' };
}

function tellEnd({ events }: RunnerContext, ended: EndedJob): Attempted {
  events.jobEnded(ended);
  return { outcome: 'ended' };
}

function aboutAttempt({ jobId, type, attempt, round }: BegunAttempt) {
  return { jobId, jobType: type, attempt, round };
}
