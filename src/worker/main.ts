import { registeredJobs } from '../activities/jobs/handlers.ts';
import { readConfig } from '../config/read-config.ts';
import { createContext } from '../context.ts';
import { endInOrder } from '../process.ts';
import { installTemporalRuntime } from '../telemetry/temporal-runtime.ts';
import { createWorkerProcess } from './worker-process.ts';

const config = readConfig();
const context = createContext(config, 'worker');
context.metrics.alsoShow(await installTemporalRuntime(context.logger));

const worker = createWorkerProcess(context, registeredJobs);
const ending = endInOrder({
  logger: context.logger,
  graceMs: config.shutdownGraceMs,
  stop: () => worker.stop(),
});

try {
  await worker.run();
  ending.end('the workers have ended', 1);
} catch (error) {
  if (!worker.isStopping()) {
    context.logger.fatal({ event: 'workerFailed', err: error }, 'the worker has failed for good');
    ending.end('the worker has failed', 1);
  }
}
