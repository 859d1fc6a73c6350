import sql from 'sql-template-tag';
import { refused } from '../../domain/failures.ts';
import { newId } from '../../domain/new-id.ts';
import { deliveryStep, hasEnded, isUndoneByHand, stepOfUndo, type OrderStatus } from '../../domain/order.ts';
import { enqueue } from '../outbox.ts';
import { execute, queryOne, type Tx } from '../pool.ts';
import type { Proviso } from '../proviso.ts';
import { record } from './events.ts';
import { clearAttention } from './life.ts';
import { settleByHand } from './settle-by-hand.ts';

/** Who wants it and why; kept with the command. */
export interface Command {
  readonly orderId: string;
  readonly requestedBy: string;
  readonly reason: string | null;
}

/** There is no such order; the command is accepted now; or it had been accepted before and changes nothing. */
export type CommandOutcome = 'no_such_order' | 'accepted' | 'accepted_before';

export interface CommandedOrder {
  readonly status: OrderStatus;
  readonly cancelRequestedAt: Date | null;
  readonly attentionStep: string | null;
}

/**
 * Accepts a cancel, or refuses it (`CommandRefused`), under the order's row lock (law 10). Once accepted it stays so:
 * asking again changes nothing.
 */
export async function cancel(tx: Tx, command: Command): Promise<CommandOutcome> {
  const order = await lockForCommand(tx, command.orderId);
  if (!order) return 'no_such_order';
  if (order.cancelRequestedAt !== null) return 'accepted_before';
  await acceptCancel(tx, order, command);
  return 'accepted';
}

export const resolveActions = ['retry', 'skip', 'cancel'] as const;
export type ResolveAction = (typeof resolveActions)[number];

/**
 * Accepts an operator's decision about the step that needs attention, or refuses it (`CommandRefused`), under the
 * order's row lock (law 10).
 */
export async function resolve(
  tx: Tx,
  command: Command,
  action: ResolveAction,
  proviso?: Proviso,
): Promise<CommandOutcome> {
  const order = await lockForCommand(tx, command.orderId);
  if (!order) return 'no_such_order';
  const { attentionStep: step } = order;
  if (step === null) throw refused('CommandRefused', 'Nothing about this order needs attention.');
  await proviso?.();
  if (action === 'cancel') {
    await resolveByCancel(tx, order, step, command);
    return 'accepted';
  }
  if (action === 'skip') await skip(tx, command.orderId, step);
  await goOn(tx, step, command, action);
  return 'accepted';
}

/** Nobody is waited for any more: the workflow goes on, trying the step again or leaving it out. */
async function goOn(tx: Tx, step: string, command: Command, action: 'retry' | 'skip'): Promise<void> {
  const { orderId } = command;
  await clearAttention(tx, orderId);
  await record(tx, orderId, { type: 'order.resolved', data: { step, action } });
  await keepCommand(tx, command, action);
  const call = await answeredCall(tx, orderId);
  const payload = { signal: 'resolve', step, action, ...(call !== null && { call }) } as const;
  await enqueue(tx, orderId, { kind: 'signal_order', payload });
}

/** The call for an operator that the order shows, so that a decision about it is taken for no other. */
async function answeredCall(tx: Tx, orderId: string): Promise<string | null> {
  const row = await queryOne<{ call: string | null }>(
    tx,
    sql`select data->>'call' as call from order_events
        where order_id = ${orderId} and type = 'order.needs_attention' order by number desc limit 1`,
  );
  return row?.call ?? null;
}

/** What may be left out: the wait for a parcel that people have seen to, and what somebody has undone by hand. */
async function skip(tx: Tx, orderId: string, attentionStep: string): Promise<void> {
  if (attentionStep === deliveryStep) return;
  const step = stepOfUndo(attentionStep);
  if (step === null) {
    throw refused(
      'CommandRefused',
      `The step ${attentionStep} cannot be skipped; retry it or cancel the order.`,
    );
  }
  if (!isUndoneByHand(step)) {
    throw refused(
      'CommandRefused',
      `The step ${attentionStep} cannot be skipped: it is a change of our own books, which nobody makes by hand; retry it.`,
    );
  }
  await settleByHand(tx, orderId, step);
}

async function resolveByCancel(tx: Tx, order: CommandedOrder, step: string, command: Command): Promise<void> {
  if (order.cancelRequestedAt !== null) {
    throw refused('CommandRefused', `The order is being cancelled already; retry ${step} to go on with it.`);
  }
  if (stepOfUndo(step) !== null) {
    throw refused('CommandRefused', `The order is being undone already; retry ${step} to go on with it.`);
  }
  await acceptCancel(tx, order, command);
}

async function acceptCancel(tx: Tx, order: CommandedOrder, command: Command): Promise<void> {
  const { orderId } = command;
  if (hasEnded(order.status)) {
    throw refused('CommandRefused', `The order is ${order.status}; it cannot be cancelled any more.`);
  }
  if (await isWithCarrier(tx, orderId)) {
    throw refused('CommandRefused', 'The carrier has the parcel; the order cannot be cancelled any more.');
  }
  await execute(tx, sql`update orders set cancel_requested_at = clock_timestamp() where id = ${orderId}`);
  // What waits for the operator's word about an undo goes on waiting: a cancel does not make the undo succeed.
  const { attentionStep } = order;
  if (attentionStep !== null && stepOfUndo(attentionStep) === null) await clearAttention(tx, orderId);
  await record(tx, orderId, { type: 'order.cancel_requested', data: { requestedBy: command.requestedBy } });
  await keepCommand(tx, command, 'cancel');
  await enqueue(tx, orderId, { kind: 'signal_order', payload: { signal: 'cancel' } });
}

/** The order with its row locked until the transaction ends; undefined when there is none. */
export async function lockForCommand(tx: Tx, orderId: string): Promise<CommandedOrder | undefined> {
  return queryOne<CommandedOrder>(
    tx,
    sql`select status, cancel_requested_at as "cancelRequestedAt", attention_step as "attentionStep"
        from orders where id = ${orderId} for no key update`,
  );
}

/** A statement of its own, after the lock: one that waited for the lock would not see what was committed meanwhile. */
async function isWithCarrier(tx: Tx, orderId: string): Promise<boolean> {
  const row = await queryOne(
    tx,
    sql`select 1 from shipments where order_id = ${orderId} and dispatched_at is not null limit 1`,
  );
  return row !== undefined;
}

/** Writes down who asked for what, and why. */
export async function keepCommand(
  tx: Tx,
  command: Command,
  kind: ResolveAction | 'change_address',
): Promise<void> {
  await execute(
    tx,
    sql`insert into order_commands (id, order_id, kind, requested_by, reason)
        values (${newId()}, ${command.orderId}, ${kind}, ${command.requestedBy}, ${command.reason})`,
  );
}
