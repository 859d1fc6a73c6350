import type { Command, CommandOutcome } from '../../../db/commands.ts';
import { transaction, type Tx } from '../../../db/pool.ts';
import { readOrder } from '../../../db/read-orders.ts';
import type { ApiContext } from '../../api-context.ts';
import { Problem } from '../../errors.ts';
import { orderBody } from '../../order-body.ts';
import type { Trace } from '../../trace.ts';

/** Has a command accepted, nudges the relay, and answers with the order as it is then. */
export async function command(
  context: ApiContext,
  asked: Command & { readonly kind: string; readonly trace: Trace },
  accept: (tx: Tx) => Promise<CommandOutcome>,
) {
  const { orderId, requestedBy, kind, trace } = asked;
  const { outcome, view } = await transaction(context.pool, async (tx) => ({
    outcome: await accept(tx),
    view: await readOrder(tx, orderId),
  }));
  if (!view) throw new Problem('unknown-order');
  if (outcome === 'accepted') {
    context.relay.wake();
    context.events.commandAccepted({ orderId, command: kind, requestedBy, traceId: trace.traceId });
  }
  return { status: 202, body: orderBody(view, context) } as const;
}
