/** A worker's process that a poisoned job can take down. It ends with its parent. */
import { loadConfig } from '../../src/config/config.ts';
import { createContext } from '../../src/context.ts';
import { connectWorker } from '../../src/temporal/worker-connection.ts';
import { createQueueWorkers } from '../../src/worker/queue-workers.ts';
import { workerParts } from '../../src/worker/worker-parts.ts';
import { quietTemporal } from '../support/quiet-temporal.ts';
import { poisonJob } from './poison-types.ts';

process.once('disconnect', () => process.exit(1));

quietTemporal();
const config = loadConfig(process.env);
const context = createContext(config, 'worker');
const workers = await createQueueWorkers(['jobs'], workerParts(context), [poisonJob], {
  connection: await connectWorker(config.temporal),
  namespace: config.temporal.namespace,
  identity: context.identity,
  buildId: config.buildId,
  shutdownGraceMs: config.shutdownGraceMs,
  tuning: config.worker,
  dataConverter: context.dataConverter,
});
await Promise.all(workers.map((worker) => worker.run()));
