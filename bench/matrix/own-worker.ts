import { loadConfig } from '../../src/config/config.ts';
import { createContext } from '../../src/context.ts';
import { connectWorker } from '../../src/temporal/worker-connection.ts';
import { createQueueWorkers } from '../../src/worker/queue-workers.ts';
import { workerParts } from '../../src/worker/worker-parts.ts';
import { workerSettings } from '../../src/worker/worker-settings.ts';
import type { Director } from '../../test/saga/harness/director.ts';

/** A worker in this process, every deed of which a director sees. It lives. */
export interface OwnWorker {
  run(): void;
  /** Resolves when it has finished what it had begun. */
  stop(): Promise<void>;
}

export async function createOwnWorker(variables: NodeJS.ProcessEnv, director: Director): Promise<OwnWorker> {
  const config = loadConfig({ ...variables, LOG_LEVEL: 'fatal' });
  const context = createContext(config, 'worker');
  const parts = workerParts(context);
  const connection = await connectWorker(config.temporal);
  const workers = await createQueueWorkers(['orders', 'notices'], { ...parts, ...director.wrap(parts) }, [], {
    ...workerSettings(context, connection),
    innerInterceptors: [director.intercept],
  });
  let runs: Promise<unknown> = Promise.resolve();
  return {
    run() {
      runs = Promise.all(workers.map((worker) => worker.run()));
    },
    async stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await runs;
      await connection.close();
      await context.close();
    },
  };
}
