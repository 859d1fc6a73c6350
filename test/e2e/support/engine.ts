import { Client, Connection, type WorkflowExecutionInfo } from '@temporalio/client';
import type { Shop } from '../../../bench/shop/open-shop.ts';
import { orderWorkflowId } from '../../../src/domain/ids.ts';

/** Temporal's own view of the shop's runs. */
export interface Engine {
  /** The runs that a visibility query finds. */
  list(query: string): Promise<WorkflowExecutionInfo[]>;
  /** How many events the order's history has up to the one that says it is confirmed, and in all. */
  historyLengths(orderId: string): Promise<{ atConfirmed: number; total: number }>;
  /** The identities of the workers that execute the order's pending activities; each names its process's id. */
  workersOf(orderId: string): Promise<string[]>;
  close(): Promise<void>;
}

const namespace = 'default';

export async function connectEngine({ constellation }: Shop): Promise<Engine> {
  const connection = await Connection.connect({ address: constellation.temporalAddress });
  const client = new Client({ connection, namespace });
  return {
    async list(query) {
      const found: WorkflowExecutionInfo[] = [];
      for await (const run of client.workflow.list({ query })) found.push(run);
      return found;
    },
    async historyLengths(orderId) {
      const { events } = await client.workflow.getHandle(orderWorkflowId(orderId)).fetchHistory();
      const all = events ?? [];
      // The marker of the local activity stands in the history as JSON with the activity's name.
      const confirmed = all.findIndex(({ markerRecordedEventAttributes: marker }) =>
        Buffer.from(marker?.details?.['data']?.payloads?.[0]?.data ?? [])
          .toString()
          .includes('confirmOrder'),
      );
      return { atConfirmed: confirmed + 1, total: all.length };
    },
    async workersOf(orderId) {
      const { raw } = await client.workflow.getHandle(orderWorkflowId(orderId)).describe();
      return (raw.pendingActivities ?? []).map(({ lastWorkerIdentity }) => lastWorkerIdentity ?? '');
    },
    close: () => connection.close(),
  };
}
