import { z } from 'zod';
import { readJob } from '../../../db/jobs/read.ts';
import { publicStatus } from '../../../domain/job.ts';
import { endpoint } from '../../endpoint.ts';
import { Problem } from '../../problems/errors.ts';
import { downloadUrlOf } from '../../bodies/job.ts';
import { jobParams } from './params.ts';

export const getJobResult = endpoint({
  method: 'get',
  path: '/jobs/{id}/result',
  operationId: 'getJobResult',
  tag: 'Jobs',
  access: 'jobs:read',
  summary: 'Fetch the file that a job has made',
  params: jobParams,
  unknown: 'unknown-job',
  responses: {
    302: {
      description: 'The file is at `Location`, for a while, for whoever has that link.',
      empty: true,
      headers: z.object({ Location: z.string().meta({ example: '/files/eyJrZXki…' }) }),
    },
  },
  problems: ['unknown-job', 'job-not-completed', 'job-without-file', 'result-expired'],
  async handle({ params }, context) {
    const view = await readJob(context.pool, params.id);
    if (!view) throw new Problem('unknown-job');
    const status = publicStatus(view.status);
    if (status !== 'completed') throw new Problem('job-not-completed', `The job is ${status}.`);
    if (view.fileKey === null) throw new Problem('job-without-file');
    const url = await downloadUrlOf(view, context);
    if (url === null) throw new Problem('result-expired');
    return { status: 302, headers: { Location: url } };
  },
});
