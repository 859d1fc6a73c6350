import { pauseType, readTypeStates, resumeType } from '../../../db/jobs/types.ts';
import type { Caller } from '../../access/caller.ts';
import type { ApiContext } from '../../api-context.ts';
import { Problem } from '../../problems/errors.ts';
import type { Trace } from '../../http/trace.ts';
import { jobTypeBody } from './body.ts';

/** Pauses a type or lets it go on, and answers with how it stands then. */
export async function switchType(
  name: string,
  to: { readonly paused: true; readonly reason: string | null } | { readonly paused: false },
  { caller, trace }: { readonly caller: Caller; readonly trace: Trace },
  context: ApiContext,
) {
  const { pool, jobTypes, jobs, events } = context;
  const type = jobTypes.find((one) => one.name === name);
  if (!type) throw new Problem('unknown-job-type');
  if (to.paused) await pauseType(pool, name, { requestedBy: caller.name, reason: to.reason });
  else await resumeType(pool, name);
  if (!to.paused) jobs.wake();
  const { paused } = to;
  events.jobTypeSwitched({ jobType: name, paused, requestedBy: caller.name, traceId: trace.traceId });
  const [state] = await readTypeStates(pool, [name]);
  if (!state) throw new Error('a type that was asked for was not read');
  return { status: 200, body: jobTypeBody(type, state) } as const;
}
