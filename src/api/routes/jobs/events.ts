import { z } from 'zod';
import { findJobExtent } from '../../../db/jobs/event-tail.ts';
import { jobEventTypes } from '../../../domain/job-event.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { lastEventIdHeader, readLastEventId } from '../../http/last-event-id.ts';
import { maxEventStreams, retryAfterUnavailableSeconds, streamPace } from '../../limits.ts';
import { followJob } from '../../live/follow-job.ts';
import { time } from '../../schemas/fields.ts';
import { jobId } from '../../schemas/job.ts';
import { exampleJobId } from './examples.ts';
import { jobParams } from './params.ts';

const jobEvent = z
  .strictObject({
    jobId,
    number: z.int().meta({ description: 'Within the job, from 1, without a gap.' }),
    type: z.enum(jobEventTypes),
    at: time,
    data: z
      .record(z.string(), z.unknown())
      .meta({ description: 'Ids, codes and numbers; the words of its progress.' }),
  })
  .meta({ id: 'JobEvent', description: 'The data of each event that `GET /jobs/{id}/events` streams.' });

const example = `retry: ${streamPace.reconnectMs}

id: 3
event: job.progress
data: {"jobId":"${exampleJobId}","number":3,"type":"job.progress","at":"2026-01-15T09:30:01.041Z","data":{"percent":42,"message":"42,000 of 100,000 orders"}}

`;

export const streamJobEvents = endpoint({
  method: 'get',
  path: '/jobs/{id}/events',
  operationId: 'streamJobEvents',
  tag: 'Jobs',
  access: 'jobs:read',
  summary: 'Follow a job',
  description: `Server-sent events: all that has happened to the job, and then what happens, as it is committed. \`id\` is the event's
number within the job, \`event\` its type, \`data\` a \`JobEvent\`. With \`Last-Event-ID\` the stream goes on behind that event,
without a gap or a repeat. How far a job is comes about once a second.

The stream ends with \`job.completed\`, \`job.failed\`, \`job.cancelled\` or \`job.dead\`. A client that comes back behind that
event is answered with 204, upon which an EventSource gives up, unless the job has been started again. One that ends otherwise
is to be connected again after \`retry\` milliseconds. A process keeps ${maxEventStreams} streams open, of orders and jobs.`,
  params: jobParams,
  unknown: 'unknown-job',
  headers: lastEventIdHeader,
  responses: {
    200: { description: 'The events, until the job has ended.', events: jobEvent, example },
    204: { description: 'The job has ended, and the client has all its events.', empty: true },
  },
  problems: ['unknown-job', 'too-many-streams'],
  async handle({ params, headers }, { pool, live }) {
    const after = readLastEventId(headers['last-event-id']);
    const extent = await findJobExtent(pool, params.id);
    if (!extent) throw new Problem('unknown-job');
    if (extent.hasEnded && after >= extent.lastNumber) return { status: 204 };
    if (live.streams.isFull) {
      throw new Problem('too-many-streams', undefined, {
        headers: { 'Retry-After': String(retryAfterUnavailableSeconds) },
      });
    }
    return {
      status: 200,
      stream(stream) {
        stream.onClosed(live.streams.enter());
        followJob(live.jobTail, params.id, Math.min(after, extent.lastNumber), stream);
      },
    };
  },
});
