import sql from 'sql-template-tag';
import { refused } from '../../domain/failures.ts';
import type { StepName, StepState } from '../../domain/order.ts';
import { execute, query, queryOne, type Db, type Tx } from '../pool.ts';

/** A step's fence (law 4). */
export interface Step {
  readonly state: StepState;
  /** Part of the provider's idempotency keys; goes up when a key is burnt. */
  readonly keyGeneration: number;
  readonly keysIssuedAt: Date;
  readonly intendedAt: Date;
  /** Until then a request of the newest attempt may still be on its way; null once the provider has answered. */
  readonly inFlightUntil: Date | null;
}

const columns = sql`state, key_generation as "keyGeneration", keys_issued_at as "keysIssuedAt",
  intended_at as "intendedAt", in_flight_until as "inFlightUntil"`;

/** A step about to be tried; `repeated` when an earlier attempt may have got somewhere. */
export interface IntendedStep extends Step {
  readonly repeated: boolean;
}

/**
 * Writes down that the step is about to be tried, and for how long (in milliseconds) a request of this attempt may be
 * under way. A step already landed is given as it is; one whose undo has begun is a `StepUndone`. The row stays locked
 * until the transaction ends.
 */
export async function intend(tx: Tx, orderId: string, step: StepName, inFlightMs = 0): Promise<IntendedStep> {
  const row = await queryOne<IntendedStep>(
    tx,
    sql`insert into order_steps as s (order_id, step, state, in_flight_until)
        values (${orderId}, ${step}, 'intended', ${inFlightEnd(inFlightMs)})
        on conflict (order_id, step) do update set
          in_flight_until = case when s.state = 'intended' then excluded.in_flight_until else s.in_flight_until end
        returning ${columns}, xmax <> 0 as repeated`,
  );
  if (!row) throw new Error('an upsert gave no row');
  if (row.state === 'undoing' || row.state === 'undone') {
    throw refused('StepUndone', `${step} has been undone`, { step });
  }
  return row;
}

function inFlightEnd(inFlightMs: number) {
  return inFlightMs === 0 ? sql`null` : sql`clock_timestamp() + ${inFlightMs} * interval '1 millisecond'`;
}

/** The steps that were ever about to be tried, whatever has become of them. */
export async function enteredOf(db: Db, orderId: string): Promise<StepName[]> {
  const rows = await query<{ step: StepName }>(
    db,
    sql`select step from order_steps where order_id = ${orderId} order by intended_at`,
  );
  return rows.map(({ step }) => step);
}

/** The provider has answered no: nothing of the step is under way any more, so that its undo need not wait. */
export async function settle(db: Db, orderId: string, step: StepName): Promise<void> {
  await execute(
    db,
    sql`update order_steps set in_flight_until = null
        where order_id = ${orderId} and step = ${step} and state = 'intended'`,
  );
}

/**
 * Marks the step as landed. False when it had landed before; a `StepUndone` when its undo came first: the caller
 * then undoes what it has just done.
 */
export async function land(
  tx: Tx,
  orderId: string,
  step: StepName,
): Promise<{ first: boolean; durationMs: number }> {
  const row = await queryOne<{ durationMs: number }>(
    tx,
    sql`update order_steps set state = 'landed', landed_at = clock_timestamp(), in_flight_until = null
        where order_id = ${orderId} and step = ${step} and state = 'intended'
        returning (extract(epoch from clock_timestamp() - intended_at) * 1000)::integer as "durationMs"`,
  );
  if (row) return { first: true, durationMs: row.durationMs };
  const earlier = await find(tx, orderId, step);
  if (earlier?.state === 'landed') return { first: false, durationMs: 0 };
  throw refused('StepUndone', `${step} landed after its undo`, { step });
}

/**
 * The undo's first act: from here on the step is refused. Gives the state before, `never` where it had not even been
 * intended; the row stays locked until the transaction ends.
 */
export async function beginUndo(
  tx: Tx,
  orderId: string,
  step: StepName,
): Promise<Step & { before: StepState | 'never' }> {
  const inserted = await queryOne<Step>(
    tx,
    sql`insert into order_steps (order_id, step, state) values (${orderId}, ${step}, 'undoing')
        on conflict (order_id, step) do nothing
        returning ${columns}`,
  );
  if (inserted) return { ...inserted, before: 'never' };
  const existing = await queryOne<Step>(
    tx,
    sql`select ${columns} from order_steps where order_id = ${orderId} and step = ${step} for no key update`,
  );
  if (!existing) throw new Error('a step that was in the way is gone');
  await execute(
    tx,
    sql`update order_steps set state = 'undoing'
        where order_id = ${orderId} and step = ${step} and state in ('intended', 'landed')`,
  );
  return { ...existing, before: existing.state };
}

/** The undo's last act. False when another attempt has finished it before. */
export async function finishUndo(tx: Tx, orderId: string, step: StepName): Promise<boolean> {
  const changed = await execute(
    tx,
    sql`update order_steps set state = 'undone', undone_at = clock_timestamp()
        where order_id = ${orderId} and step = ${step} and state = 'undoing'`,
  );
  return changed === 1;
}

/**
 * Gives the step a new generation of idempotency keys, because the provider replays a failure or has forgotten the
 * old ones. Compare-and-set: of two attempts that notice, one counts up.
 */
export async function renewKeys(db: Db, orderId: string, step: StepName, burnt: number): Promise<void> {
  await execute(
    db,
    sql`update order_steps set key_generation = key_generation + 1, keys_issued_at = clock_timestamp()
        where order_id = ${orderId} and step = ${step} and key_generation = ${burnt}`,
  );
}

export async function find(db: Db, orderId: string, step: StepName): Promise<Step | undefined> {
  return queryOne<Step>(
    db,
    sql`select ${columns} from order_steps where order_id = ${orderId} and step = ${step}`,
  );
}

export interface StepRecord extends Step {
  readonly step: StepName;
  readonly landedAt: Date | null;
  readonly undoneAt: Date | null;
}

/** Every step of an order, for its timeline. */
export async function list(db: Db, orderId: string): Promise<StepRecord[]> {
  return query<StepRecord>(
    db,
    sql`select step, ${columns}, landed_at as "landedAt", undone_at as "undoneAt"
        from order_steps where order_id = ${orderId} order by intended_at`,
  );
}
