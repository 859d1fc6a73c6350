/** The service's API, which takes the jobs of the bench as well. */
import { jobTypes } from '../../src/activities/jobs/types.ts';
import { runApi } from '../../src/api/run-api.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createContext } from '../../src/context.ts';
import { benchJobs } from './types.ts';

const known = [...jobTypes, ...benchJobs.map(({ type }) => type)];
await runApi(createContext(readConfig(), 'api', { jobTypes: known }));
