import type { RegisteredJob } from '../activities/jobs/job-handler.ts';
import type { Context } from '../context.ts';
import { endInOrder } from '../process.ts';
import { installTemporalRuntime } from '../telemetry/temporal-runtime.ts';
import { createWorkerProcess } from './worker-process.ts';

/** Is a worker from here on, to the end of the process. `registered` are the jobs that it can do. */
export async function runWorker(context: Context, registered: readonly RegisteredJob[]): Promise<void> {
  context.metrics.alsoShow(await installTemporalRuntime(context.logger));

  const worker = createWorkerProcess(context, registered);
  const ending = endInOrder({
    logger: context.logger,
    graceMs: context.config.shutdownGraceMs,
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
}
