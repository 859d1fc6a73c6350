import { z } from 'zod';
import { listJobs } from '../../../db/jobs/read.ts';
import { statusesShownAs } from '../../../domain/job.ts';
import { endpoint } from '../../endpoint.ts';
import { jobBody } from '../../bodies/job.ts';
import { cursorTo, pageHeaders, pageQuery, readCursor } from '../../bodies/page.ts';
import { time } from '../../schemas/fields.ts';
import { job, jobStatus, jobTypeName } from '../../schemas/job.ts';
import { exampleJob } from './examples.ts';

const moment = time.transform((text) => new Date(text));

const query = pageQuery.extend({
  type: jobTypeName.optional(),
  status: jobStatus.optional(),
  enqueuedAfter: moment.optional().meta({ description: 'Then or later, RFC 3339 in UTC.' }),
  enqueuedBefore: moment.optional().meta({ description: 'Earlier than that, RFC 3339 in UTC.' }),
});

export const listAllJobs = endpoint({
  method: 'get',
  path: '/jobs',
  operationId: 'listJobs',
  tag: 'Jobs',
  access: 'jobs:read',
  summary: 'List jobs, the newest first',
  description: 'Filters add up. `status=dead` gives the dead letters.',
  query,
  tagged: true,
  responses: {
    200: {
      description: 'A page of jobs.',
      body: z
        .strictObject({ items: z.array(job), nextCursor: z.string().nullable() })
        .meta({ id: 'JobPage' }),
      headers: pageHeaders,
      example: { items: [exampleJob], nextCursor: null },
    },
  },
  problems: ['invalid-input'],
  async handle({ query: { cursor, limit, ...filter } }, context) {
    const after = cursor === undefined ? null : readCursor(cursor, z.uuid());
    const { status, ...rest } = filter;
    const statuses = status && statusesShownAs(status);
    // One more than asked for tells whether there is a next page.
    const found = await listJobs(context.pool, { ...rest, statuses }, after, limit + 1);
    const page = found.slice(0, limit);
    const items = await Promise.all(page.map((view) => jobBody(view, context)));
    const last = page.at(-1);
    if (found.length <= limit || !last) return { status: 200, body: { items, nextCursor: null } };
    const nextCursor = cursorTo(last.jobId);
    return {
      status: 200,
      body: { items, nextCursor },
      headers: { Link: `</jobs?${nextQuery(filter, limit, nextCursor)}>; rel="next"` },
    };
  },
});

function nextQuery(
  { enqueuedAfter, enqueuedBefore, ...rest }: Omit<z.output<typeof query>, 'cursor' | 'limit'>,
  limit: number,
  cursor: string,
): string {
  const all = {
    ...rest,
    enqueuedAfter: enqueuedAfter?.toISOString(),
    enqueuedBefore: enqueuedBefore?.toISOString(),
    limit: String(limit),
    cursor,
  };
  const given = Object.entries(all).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, value]],
  );
  return new URLSearchParams(given).toString();
}
