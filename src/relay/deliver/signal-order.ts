import type { OrderSignal } from '../../db/outbox.ts';
import { orderWorkflowId } from '../../domain/ids.ts';
import type { Temporal } from '../../temporal/connection.ts';
import { grpcCode, grpcCodeOf } from '../../temporal/grpc.ts';
import { toPayloads } from '../../temporal/payloads.ts';
import { cancelSignal, resolveSignal, trackingSignal } from '../../workflows/order/messages.ts';

/**
 * Signals the order's workflow. The entry's id makes the request known, so that the server takes it once even when its
 * reply was lost. `gone` when the workflow has ended: there is nobody left to tell.
 */
export async function signalOrder(
  temporal: Temporal,
  entryId: number,
  orderId: string,
  payload: OrderSignal,
): Promise<'taken' | 'gone'> {
  const { client, namespace } = temporal;
  const { name, args } = signalOf(payload);
  try {
    // Not through a handle, which makes up a request id of its own.
    await client.workflowService.signalWorkflowExecution({
      namespace,
      identity: client.options.identity,
      workflowExecution: { workflowId: orderWorkflowId(orderId) },
      requestId: `outbox-${entryId}`,
      signalName: name,
      input: { payloads: await toPayloads(client.options.loadedDataConverter, args) },
    });
    return 'taken';
  } catch (error) {
    if (grpcCodeOf(error) === grpcCode.notFound) return 'gone';
    throw error;
  }
}

function signalOf(payload: OrderSignal): { name: string; args: readonly unknown[] } {
  const { signal, ...arg } = payload;
  return { name: definitions[signal].name, args: signal === 'cancel' ? [] : [arg] };
}

const definitions = {
  cancel: cancelSignal,
  resolve: resolveSignal,
  tracking: trackingSignal,
} as const satisfies Record<OrderSignal['signal'], { readonly name: string }>;
