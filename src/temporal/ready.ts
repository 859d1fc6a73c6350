import type { ConnectionLike } from '@temporalio/client';
import type { Logger } from '../telemetry/logger.ts';
import { registerSearchAttributes } from './search-attributes.ts';
import { checkServer } from './server.ts';

/** What is needed of a connection, be it a client's or a worker's. */
export type Reach = Pick<ConnectionLike, 'workflowService' | 'operatorService'>;

/**
 * Makes sure that the service can work with this Temporal: it answers, is new enough, has the namespace and the search
 * attributes. Gives the server's version, or null where it does not say. Throws what is in the way.
 */
export async function readyTemporal(reach: Reach, namespace: string, logger: Logger): Promise<string | null> {
  const version = await checkServer(reach);
  await answers(reach, namespace);
  await registerSearchAttributes(reach, namespace, logger);
  return version;
}

/** Resolves when Temporal answers and has the namespace. */
export async function answers(reach: Pick<Reach, 'workflowService'>, namespace: string): Promise<void> {
  await reach.workflowService.describeNamespace({ namespace });
}
