import { z } from 'zod';
import { readTypeStates } from '../../../db/jobs/types.ts';
import { endpoint } from '../../endpoint.ts';
import { exampleJobType, jobType, jobTypeBody } from './body.ts';

export const listJobTypes = endpoint({
  method: 'get',
  path: '/job-types',
  operationId: 'listJobTypes',
  tag: 'Jobs',
  access: ['jobs:read', 'ops'],
  summary: 'List the types of jobs, and how they stand',
  tagged: true,
  responses: {
    200: {
      description: 'All of them, by name.',
      body: z.strictObject({ items: z.array(jobType) }).meta({ id: 'JobTypeList' }),
      example: { items: [exampleJobType] },
    },
  },
  problems: [],
  async handle(_request, { pool, jobTypes }) {
    const types = jobTypes.toSorted((a, b) => (a.name < b.name ? -1 : 1));
    const states = await readTypeStates(
      pool,
      types.map(({ name }) => name),
    );
    const items = types.flatMap((type, index) => {
      const state = states[index];
      return state ? [jobTypeBody(type, state)] : [];
    });
    return { status: 200, body: { items } };
  },
});
