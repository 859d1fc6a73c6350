import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { NativeConnection } from '@temporalio/worker';
import { isAtLeast, oldestServer } from '../../dev/temporal/versions.ts';
import { ensureNamespace } from '../../dev/temporal/namespace.ts';
import { addressOf } from './backing-services.ts';

/** A connection to the tests' Temporal server, for clients and workers alike, with names of a test file's own. */
export type TestTemporal = {
  address: string;
  connection: NativeConnection;
  client: Client;
  namespace: string;
  taskQueue: string;
  close: () => Promise<void>;
};

/**
 * Connects to the server that runs for the tests.
 *
 * @param namespace `own` registers a namespace for this file, for what would otherwise see other files' runs: lists by
 * search attribute, schedules; `shared` is quicker to have.
 */
export async function connectToTemporal(namespace: 'own' | 'shared' = 'shared'): Promise<TestTemporal> {
  const address = addressOf('TEST_TEMPORAL_ADDRESS');
  const name = namespace === 'own' ? `test-${randomUUID()}` : 'default';
  await ensureNamespace({ TEMPORAL_ADDRESS: address }, name);
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection, namespace: name });
  const close = () => connection.close();
  return { address, connection, client, namespace: name, taskQueue: `test-${randomUUID()}`, close };
}

/** Whether the server can let time run ahead in a single run. */
export async function skipsTime({ connection }: TestTemporal): Promise<boolean> {
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  return isAtLeast(serverVersion ?? '', oldestServer);
}

/** Lets a run's clock jump to its next timer whenever nothing else is under way in it. */
export async function skipTime({ connection, namespace }: TestTemporal, workflowId: string): Promise<void> {
  await connection.workflowService.updateWorkflowExecutionOptions({
    namespace,
    workflowExecution: { workflowId },
    workflowExecutionOptions: { timeSkippingConfig: { enabled: true } },
    updateMask: { paths: ['time_skipping_config'] },
  });
}
