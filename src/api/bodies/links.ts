import { orderWorkflowId } from '../../domain/ids.ts';
import type { ApiContext, ApiSettings } from '../api-context.ts';

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

/**
 * Until when a link to a file is good that is given now: for the time that is configured, and for up to half of it more, so
 * that whoever asks again meanwhile is given the same link, in a body with the same entity tag.
 */
export function linkedUntil(
  now: Date,
  { fileLinkLifetimeMs }: Pick<ApiSettings, 'fileLinkLifetimeMs'>,
): Date {
  const stepMs = Math.ceil(fileLinkLifetimeMs / 2_000) * 1_000;
  return new Date(Math.ceil((now.getTime() + fileLinkLifetimeMs) / stepMs) * stepMs);
}

/** The run in the Temporal Web UI. */
export function workflowUrl(
  workflowId: string,
  { settings, temporal }: Pick<ApiContext, 'settings' | 'temporal'>,
): string {
  const namespace = encodeURIComponent(temporal.namespace);
  return `${settings.temporalUiUrl}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}`;
}
