import { lockForCommand, type Command, type CommandOutcome } from '../../../db/orders/commands.ts';
import { transaction, type Tx } from '../../../db/pool.ts';
import { readOrder } from '../../../db/orders/read.ts';
import type { ApiContext } from '../../api-context.ts';
import { Problem } from '../../problems/errors.ts';
import { assertMatches, type IfMatch } from '../../http/etag.ts';
import { orderBody } from '../../bodies/order.ts';
import type { Trace } from '../../http/trace.ts';

/** Has a command accepted, nudges the relay, and answers with the order as it is then. */
export async function command(
  context: ApiContext,
  asked: Command & { readonly kind: string; readonly trace: Trace; readonly ifMatch: IfMatch | null },
  accept: (tx: Tx) => Promise<CommandOutcome>,
) {
  const { orderId, requestedBy, kind, trace, ifMatch } = asked;
  const { outcome, view } = await transaction(context.pool, async (tx) => {
    if (ifMatch !== null) await holdToOrder(tx, orderId, ifMatch, context);
    return { outcome: await accept(tx), view: await readOrder(tx, orderId) };
  });
  if (!view) throw new Problem('unknown-order');
  if (outcome === 'accepted') {
    context.relay.wake();
    context.events.commandAccepted({ orderId, command: kind, requestedBy, traceId: trace.traceId });
  }
  return { status: 202, body: orderBody(view, context) } as const;
}

/**
 * Holds a request to the order that its sender has read, under the order's row lock, so that nothing comes in between.
 * Throws a `precondition-failed` problem.
 */
async function holdToOrder(tx: Tx, orderId: string, ifMatch: IfMatch, context: ApiContext): Promise<void> {
  if (!(await lockForCommand(tx, orderId))) return;
  const view = await readOrder(tx, orderId);
  if (view) assertMatches(ifMatch, orderBody(view, context));
}
