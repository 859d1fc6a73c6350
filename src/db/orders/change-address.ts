import sql from 'sql-template-tag';
import { refused } from '../../domain/failures.ts';
import { hasEnded, type Address } from '../../domain/order.ts';
import { execute, queryOne, type Tx } from '../pool.ts';
import { keepCommand, lockForCommand, type Command, type CommandOutcome } from './commands.ts';
import { record } from './events.ts';

/**
 * Changes where an order goes, or refuses it (`CommandRefused`), under the order's row lock, which buying the label takes
 * first as well: either the label has the new address, or the change comes too late. The same address changes nothing.
 */
export async function changeAddress(tx: Tx, command: Command, address: Address): Promise<CommandOutcome> {
  const { orderId } = command;
  const order = await lockForCommand(tx, orderId);
  if (!order) return 'no_such_order';
  if (hasEnded(order.status)) {
    throw refused('CommandRefused', `The order is ${order.status}; its address cannot be changed any more.`);
  }
  const standing = await standingOf(tx, orderId, address);
  if (standing.unwinds) {
    throw refused('CommandRefused', 'The order is being undone; its address cannot be changed any more.');
  }
  if (standing.labelled) {
    throw refused(
      'CommandRefused',
      'The label has been bought, or is being bought; the address cannot be changed any more.',
    );
  }
  if (standing.same) return 'accepted_before';
  await execute(
    tx,
    sql`update orders set shipping_address = ${JSON.stringify(address)}::jsonb where id = ${orderId}`,
  );
  await record(tx, orderId, { type: 'order.address_changed', data: { requestedBy: command.requestedBy } });
  await keepCommand(tx, command, 'change_address');
  return 'accepted';
}

interface Standing {
  readonly unwinds: boolean;
  readonly labelled: boolean;
  readonly same: boolean;
}

/** A statement of its own, after the lock: one that waited for the lock would not see what was committed meanwhile. */
async function standingOf(tx: Tx, orderId: string, address: Address): Promise<Standing> {
  const row = await queryOne<Standing>(
    tx,
    sql`select cancel_requested_at is not null or unwinding_since is not null as unwinds,
          exists (select from order_steps where order_id = orders.id and step = 'buy_label') as labelled,
          shipping_address = ${JSON.stringify(address)}::jsonb as same
        from orders where id = ${orderId}`,
  );
  if (!row) throw new Error('an order that was locked is gone');
  return row;
}
