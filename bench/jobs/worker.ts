/** The service's worker, which does the jobs of the bench as well. */
import { registeredJobs } from '../../src/activities/jobs/handlers.ts';
import { readConfig } from '../../src/config/read-config.ts';
import { createContext } from '../../src/context.ts';
import { runWorker } from '../../src/worker/run-worker.ts';
import { benchJobs } from './types.ts';

await runWorker(createContext(readConfig(), 'worker'), [...registeredJobs, ...benchJobs]);
