import { registeredJobs } from '../activities/jobs/handlers.ts';
import { registryProblems } from '../activities/jobs/registry.ts';
import { readConfig } from '../config/read-config.ts';
import { createContext } from '../context.ts';
import { runWorker } from './run-worker.ts';

const context = createContext(readConfig(), 'worker');
const problems = registryProblems(context.jobTypes, registeredJobs);
if (problems.length > 0) {
  process.stderr.write(`this release is not complete: ${problems.join('; ')}\n`);
  process.exit(1);
}
await runWorker(context, registeredJobs);
