import { z } from 'zod';
import type { JobType } from '../../../activities/jobs/job-type.ts';
import { maxJobInputBytes } from '../../../domain/job.ts';
import type { ApiContext } from '../../api-context.ts';
import type { InputError } from '../../problems/errors.ts';
import { jobInputErrors } from '../../problems/job-input.ts';
import { maxDelaySeconds } from '../../limits.ts';
import { time } from '../../schemas/fields.ts';
import { jobKey, jobTypeName, priority } from '../../schemas/job.ts';
import { webhookUrl } from '../../schemas/webhook-endpoint.ts';
import { webhookUrlErrors } from '../../webhook-url.ts';

const moment = time.transform((text) => new Date(text));

const members = z.strictObject({
  type: jobTypeName,
  input: z.record(z.string(), z.unknown()).meta({
    description: `What the type takes (\`GET /job-types\`), up to ${maxJobInputBytes} bytes of JSON: ids, not objects.`,
  }),
  runAt: moment.optional().meta({ description: 'Not before that.' }),
  delaySeconds: z
    .int()
    .min(0)
    .max(maxDelaySeconds)
    .optional()
    .meta({ description: 'The same, from now on.' }),
  expiresAt: moment.optional().meta({ description: 'Not worth beginning after that: it is then `failed`.' }),
  uniqueKey: jobKey.optional().meta({
    description:
      'While a job of the type has it, that one stands for this. How long it has it, the type says. Keys that begin with `schedule:` are the service’s own.',
  }),
  orderingKey: jobKey.optional().meta({
    description:
      'Jobs with the same key are done one after the other, in the order in which they are due. Keys that begin with `schedule:` are the service’s own.',
  }),
  priority: priority.optional(),
  callbackUrl: webhookUrl
    .optional()
    .meta({ description: 'Told when the job has ended, signed with the secret of the API key.' }),
});

export const newJob = members
  .refine(({ runAt, delaySeconds }) => runAt === undefined || delaySeconds === undefined, {
    path: ['delaySeconds'],
    error: 'cannot stand beside runAt',
  })
  .meta({ id: 'NewJob' });

export type NewJobBody = z.output<typeof newJob>;

const { runAt, delaySeconds, expiresAt } = members.shape;
const timing = z.object({ runAt, delaySeconds, expiresAt });

/**
 * What is wrong with a time after which a job is not worth beginning: it could never begin. That changes as time goes by, so a
 * request that was answered before is answered as it was.
 */
export function expiryErrors(times: z.output<typeof timing>): InputError[] {
  const now = Date.now();
  const expiryMs = times.expiresAt?.getTime() ?? Infinity;
  const dueMs = times.runAt?.getTime() ?? now + (times.delaySeconds ?? 0) * 1_000;
  if (expiryMs > Math.max(now, dueMs)) return [];
  const detail =
    expiryMs <= now ? 'must not have passed' : `must be later than ${times.runAt ? 'runAt' : 'the delay'}`;
  return [{ pointer: '#/expiresAt', detail: `${detail}: the job could never begin` }];
}

/** The same of a body that its schema has refused, as far as its times can be read. */
export function expiryErrorsOf(body: unknown): InputError[] {
  const read = timing.safeParse(body);
  return read.success ? expiryErrors(read.data) : [];
}

/** The type that is asked for, if clients may ask for it. */
export function offeredType(name: unknown, { jobTypes }: Pick<ApiContext, 'jobTypes'>): JobType | undefined {
  return jobTypes.find((type) => type.name === name && type.offered);
}

/** What is wrong with a body beyond its schema; of one that its schema refuses, whatever can be told. */
export function jobErrors(
  body: { readonly type?: unknown; readonly input?: unknown; readonly callbackUrl?: unknown },
  context: Pick<ApiContext, 'jobTypes' | 'settings'>,
): InputError[] {
  const callbackErrors = webhookUrlErrors(body.callbackUrl, '#/callbackUrl', context);
  if (typeof body.type !== 'string') return callbackErrors;
  const type = offeredType(body.type, context);
  if (!type)
    return [
      { pointer: '#/type', detail: 'is no type of jobs that can be asked for: GET /job-types' },
      ...callbackErrors,
    ];
  return [...jobInputErrors(type, body.input), ...callbackErrors];
}
