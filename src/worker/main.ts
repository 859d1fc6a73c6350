import { registeredJobs } from '../activities/jobs/handlers.ts';
import { readConfig } from '../config/read-config.ts';
import { createContext } from '../context.ts';
import { runWorker } from './run-worker.ts';

await runWorker(createContext(readConfig(), 'worker'), registeredJobs);
