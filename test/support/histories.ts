import type { Client, HistoryAndWorkflowId } from '@temporalio/client';
import proto from '@temporalio/proto';
import { grpcCode, grpcCodeOf } from '../../src/temporal/grpc.ts';
import { address, customer } from './shop.ts';

const { History } = proto.temporal.api.history.v1;

/** The history of a run; null when there is no such run. */
export async function fetchHistory(client: Client, workflowId: string): Promise<HistoryAndWorkflowId | null> {
  try {
    return { workflowId, history: await client.workflow.getHandle(workflowId).fetchHistory() };
  } catch (error) {
    if (grpcCodeOf(error) === grpcCode.notFound) return null;
    throw error;
  }
}

/**
 * A history as JSON: enums by name, bytes in base64. Not by the SDK's own function, which fails where npm has given the
 * SDK's packages a copy of protobufjs each.
 */
export function toJson({ history }: HistoryAndWorkflowId): string {
  const written = History.toObject(History.fromObject(Object(history)), {
    enums: String,
    bytes: String,
    longs: String,
  });
  return JSON.stringify(written, null, 1);
}

export function fromJson(workflowId: string, json: string): HistoryAndWorkflowId {
  return { workflowId, history: History.fromObject(Object(JSON.parse(json))) };
}

/** Who the customer is and where they live: nothing of it may be in a history (law 12). */
const personal = [
  customer.email,
  ...customer.name.split(' '),
  address.line1,
  address.city,
  address.postalCode,
];

/** The words about the customer that a history, as JSON, holds in clear text or in its payloads. */
export function personalDataIn(historyJson: string): string[] {
  const payloads = [...historyJson.matchAll(/"data": "([A-Za-z0-9+/=]+)"/g)].map(([, data = '']) =>
    Buffer.from(data, 'base64').toString('utf8'),
  );
  const text = [historyJson, ...payloads].join('\n');
  return personal.filter((word) => text.includes(word));
}
