import { orderWorkflowId } from '../../domain/ids.ts';
import type { ApiContext } from '../api-context.ts';

/** Where clients go on from an order; only routes that exist. */
export function orderLinks(orderId: string, context: Pick<ApiContext, 'settings' | 'temporal'>) {
  return {
    self: `/orders/${orderId}`,
    events: `/orders/${orderId}/events`,
    workflow: workflowUrl(orderWorkflowId(orderId), context),
  };
}

/** The same from a job. */
export function jobLinks(jobId: string) {
  return { self: `/jobs/${jobId}`, events: `/jobs/${jobId}/events` };
}

/** The run in the Temporal Web UI. */
export function workflowUrl(
  workflowId: string,
  { settings, temporal }: Pick<ApiContext, 'settings' | 'temporal'>,
): string {
  const namespace = encodeURIComponent(temporal.namespace);
  return `${settings.temporalUiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`;
}
