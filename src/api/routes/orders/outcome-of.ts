import { readOrder } from '../../../db/orders/read.ts';
import type { ApiContext } from '../../api-context.ts';
import type { EndpointRequest } from '../../endpoint.ts';
import { untilConfirmedOrEnded } from '../../live/outcome.ts';
import { orderBody } from '../../bodies/order.ts';

/** The number of `order.accepted`, with which an order begins. */
const acceptedNumber = 1;

/**
 * Waits for what becomes of an order just accepted: the answer that shows it confirmed or ended. Null where that does not
 * come in time, or cannot be read: the order is accepted all the same, and the usual answer says so.
 */
export async function outcomeOf(
  orderId: string,
  {
    waitSeconds,
    signal,
    beginWait,
  }: Pick<EndpointRequest<unknown, unknown, unknown>, 'beginWait'> & {
    readonly waitSeconds: number;
    readonly signal: AbortSignal;
  },
  context: ApiContext,
) {
  const leave = context.live.waiters.enter();
  try {
    const from = { orderId, after: acceptedNumber };
    const limits = { timeoutMs: waitSeconds * 1_000, signal };
    const endWait = beginWait();
    const hasCome = await untilConfirmedOrEnded(context.live.tail, from, limits);
    endWait();
    if (!hasCome) return null;
    const view = await readOrder(context.pool, orderId);
    if (!view) return null;
    const body = orderBody(view, context);
    const headers = { Location: body.links.self, 'Preference-Applied': `wait=${waitSeconds}` };
    return { status: 200, headers, body } as const;
  } catch (error) {
    context.logger.warn(
      { event: 'outcomeNotRead', orderId, err: error },
      'the outcome of an order was not read',
    );
    return null;
  } finally {
    leave();
  }
}
