import type { Pool } from 'pg';
import { z } from 'zod';
import { acceptJob } from '../../../db/jobs/accept.ts';
import { rowOf } from '../../../db/jobs/enqueue.ts';
import { once, type Repeatable, type StoredAnswer } from '../../../db/idempotency.ts';
import { publicStatus, type PublicJobStatus } from '../../../domain/job.ts';
import type { JobType } from '../../../activities/jobs/job-type.ts';
import { askAgain, askedBy, assertRoom, tellAccepted } from '../../bodies/accepted-job.ts';
import { endpoint, type KeptAnswer } from '../../endpoint.ts';
import type { Problem } from '../../problems/errors.ts';
import { invalidInput } from '../../problems/invalid-input.ts';
import { jobLinks as linksOf } from '../../bodies/links.ts';
import { answerOfRepeat, isFirst } from '../../http/repeats.ts';
import { acceptedHeaders } from '../../schemas/headers.ts';
import { jobId, jobLinks, jobStatus } from '../../schemas/job.ts';
import { exampleAcceptedJob, exampleJobId, exampleNewJob } from './examples.ts';
import { expiryErrors, expiryErrorsOf, jobErrors, newJob, offeredType, type NewJobBody } from './new-job.ts';

const accepted = z
  .strictObject({
    jobId,
    type: z.string(),
    status: jobStatus,
    created: z.boolean().meta({
      description: 'False where another job has the unique key: it is that one, as it stands.',
    }),
    links: jobLinks,
  })
  .meta({ id: 'AcceptedJob' });

export const enqueue = endpoint({
  method: 'post',
  path: '/jobs',
  operationId: 'enqueueJob',
  tag: 'Jobs',
  access: 'jobs:write',
  summary: 'Have a job done',
  description:
    'The answer comes as soon as the job is durable; it is then done, at least once, whatever fails on the way. Now, at a time, or after a delay.',
  repeatable: true,
  body: newJob,
  bodyExample: exampleNewJob,
  responses: {
    202: {
      description: 'The job is accepted, or another one stands for it.',
      body: accepted,
      headers: acceptedHeaders(`/jobs/${exampleJobId}`),
      example: exampleAcceptedJob,
    },
  },
  problems: ['backlog-full'],
  async furtherErrors(body, context) {
    return typeof body === 'object' && body !== null
      ? [...jobErrors(body, context), ...expiryErrorsOf(body)]
      : [];
  },
  async handle({ body, caller, repeatable, trace }, context) {
    const errors = jobErrors(body, context);
    const type = offeredType(body.type, context);
    const lateErrors = expiryErrors(body);
    if (errors.length > 0 || !type) throw invalidInput([...errors, ...lateErrors]);
    if (lateErrors.length > 0) return answerAsBefore(context.pool, repeatable, invalidInput(lateErrors));
    assertRoom(context, type);
    const row = rowOf(type, { ...askedFor(body), ...askedBy(caller, trace) });
    const delayed = (body.delaySeconds ?? 0) > 0 || (body.runAt?.getTime() ?? 0) > Date.now();
    const status = delayed ? 'scheduled' : 'queued';
    const made = { created: false };
    const repeated = await acceptJob(context.pool, row, repeatable, (id, holder) => {
      made.created = holder === null;
      return answerTo(type, id, made.created, holder ? publicStatus(holder) : status);
    });
    const answer = answerOfRepeat(repeated);
    const accepts = made.created && isFirst(repeated);
    return {
      ...answer,
      ...(accepts && { afterwards: () => tellAccepted(context, type, row.id, caller, trace) }),
    };
  },
});

/** The answer to a repeat of what could still begin when it was first asked for; throws the problem where this is no repeat. */
async function answerAsBefore(
  pool: Pool,
  repeatable: Repeatable | null,
  problem: Problem,
): Promise<KeptAnswer> {
  return answerOfRepeat(await once(pool, repeatable, () => Promise.reject(problem)));
}

function askedFor({ input, delaySeconds, ...rest }: NewJobBody) {
  const { runAt, expiresAt, uniqueKey, orderingKey, priority, callbackUrl } = rest;
  return {
    input,
    ...(runAt && { runAt }),
    ...(delaySeconds !== undefined && { delayMs: delaySeconds * 1_000 }),
    ...(expiresAt && { expiresAt }),
    ...(uniqueKey !== undefined && { uniqueKey }),
    ...(orderingKey !== undefined && { orderingKey }),
    ...(priority !== undefined && { priority }),
    ...(callbackUrl !== undefined && { callbackUrl }),
  };
}

function answerTo(
  { name }: JobType,
  id: string,
  created: boolean,
  status: PublicJobStatus,
): StoredAnswer & { readonly status: 202 } {
  const links = linksOf(id);
  return {
    status: 202,
    headers: { Location: links.self, ...askAgain },
    body: { jobId: id, type: name, status, created, links },
  };
}
