import type { JobRules } from '../../domain/job-type.ts';
import { anonymous, type Caller } from '../access/caller.ts';
import type { ApiContext } from '../api-context.ts';
import { Problem } from '../problems/errors.ts';
import { askAgainSeconds, retryAfterBacklogSeconds } from '../limits.ts';
import type { Trace } from '../http/trace.ts';

/** What a client is told to wait before it asks how a job is. */
export const askAgain = { 'Retry-After': String(askAgainSeconds) };

/** Who asks for a job, as the job keeps it. */
export function askedBy({ id, name }: Caller, { traceParent }: Trace) {
  return { requestedBy: name, traceParent, ...(id !== anonymous.id && { apiKeyId: id }) };
}

/** Throws a `backlog-full` problem while as many jobs of the type wait as may. */
export function assertRoom({ jobs }: Pick<ApiContext, 'jobs'>, type: JobRules): void {
  if (jobs.backlog.hasRoom(type)) return;
  throw new Problem('backlog-full', `${type.maxBacklog} jobs of type ${type.name} wait already, or more.`, {
    headers: { 'Retry-After': String(retryAfterBacklogSeconds) },
  });
}

/** Has a job that was committed seen to at once. */
export function tellAccepted(
  { jobs, events }: Pick<ApiContext, 'jobs' | 'events'>,
  type: JobRules,
  jobId: string,
  { name: requestedBy }: Caller,
  { traceId }: Trace,
): void {
  jobs.wake();
  jobs.backlog.note(type);
  events.jobAccepted({ jobId, jobType: type.name, requestedBy, traceId });
}
