/** A worker's process that a poisoned job can take down. It ends with its parent. */
import { loadConfig } from '../../src/config/config.ts';
import { createContext } from '../../src/context.ts';
import { connectWorker } from '../../src/temporal/worker-connection.ts';
import { createQueueWorkers } from '../../src/worker/queue-workers.ts';
import { workerParts } from '../../src/worker/worker-parts.ts';
import { workerSettings } from '../../src/worker/worker-settings.ts';
import { quietTemporal } from '../support/quiet-temporal.ts';
import { poisonJob } from './poison-types.ts';

process.once('disconnect', () => process.exit(1));

quietTemporal();
const config = loadConfig(process.env);
const context = createContext(config, 'worker');
const settings = workerSettings(context, await connectWorker(config.temporal));
const workers = await createQueueWorkers(['jobs'], workerParts(context), [poisonJob], settings);
await Promise.all(workers.map((worker) => worker.run()));
