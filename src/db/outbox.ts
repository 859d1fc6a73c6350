import sql from 'sql-template-tag';
import type { NoticeKind } from '../domain/notice.ts';
import type { OrderPolicy } from '../domain/policies.ts';
import type { JobSchedule } from '../domain/schedule-state.ts';
import { execute, query, queryOne, type Db, type Tx } from './pool.ts';

/** What the order's workflow is started with; the relay turns it into start options. */
export interface StartOrderPayload {
  readonly customerId: string;
  readonly totalMinor: number;
  readonly currency: string;
  readonly pieces: number;
  readonly policy: OrderPolicy;
  readonly traceParent: string | null;
  /** An earlier run was lost: a new one goes on from what Postgres holds. */
  readonly resume?: boolean;
}

/** One thing that a commit about an order owes to the world outside. */
export type OutboxMessage =
  | { readonly kind: 'start_order'; readonly payload: StartOrderPayload }
  | { readonly kind: 'signal_order'; readonly payload: OrderSignal }
  | { readonly kind: 'notice'; readonly payload: NoticePayload }
  | { readonly kind: 'sale'; readonly payload: Readonly<Record<string, never>> }
  | { readonly kind: 'sale_reversed'; readonly payload: Readonly<Record<string, never>> };

/** An alert may be about no order, and has a way of its own into the outbox (alerts.ts). */
export interface AlertMessage {
  readonly kind: 'alert';
  readonly payload: { readonly alertId: string };
}

/** A job's run that Temporal is to cancel; neither is about an order. */
export interface CancelJobMessage {
  readonly kind: 'cancel_job';
  readonly payload: {
    readonly jobId: string;
    readonly dispatch: number;
    /** The batch that starts the job's run for its next attempt, perhaps only after the cancel. */
    readonly startedBy?: string | null;
  };
}

/** A schedule whose change Temporal is to follow; about no order either. */
export interface ScheduleMessage {
  readonly kind: 'schedule';
  readonly payload: JobSchedule & { readonly change: 'set' | 'pause' | 'resume' | 'remove' };
}

/** `again` where the run that should have sent the mail was lost. */
export interface NoticePayload {
  readonly notice: NoticeKind;
  readonly again?: boolean;
}

/** The signals that nudge an order's workflow; each says that something was committed. */
export type OrderSignal =
  | { readonly signal: 'cancel' }
  | {
      readonly signal: 'resolve';
      readonly step: string;
      readonly action: 'retry' | 'skip';
      /** Which call for an operator was answered. */
      readonly call?: string;
    }
  | { readonly signal: 'tracking'; readonly status: string };

/** Entries of one lane are delivered in order; a lane in trouble holds up no other. */
function laneOf(orderId: string, kind: OutboxMessage['kind']): string {
  if (kind === 'start_order' || kind === 'signal_order') return orderLane(orderId);
  return kind === 'notice' ? `notice:${orderId}` : `sale:${orderId}`;
}

/** Where an order's start stands, and after it every signal. */
export function orderLane(orderId: string): string {
  return `order:${orderId}`;
}

/**
 * Puts a message into the outbox, in the caller's transaction. With `leaseMs` it is born leased, for the relay of the
 * same process to deliver at once without looking for it; when that process dies the lease runs out and any relay
 * takes it up. Gives the entry's id.
 */
export async function enqueue(tx: Tx, orderId: string, message: OutboxMessage, leaseMs = 0): Promise<number> {
  const row = await queryOne<{ id: number }>(
    tx,
    sql`insert into outbox (lane, kind, order_id, payload, leased_until)
        values (${laneOf(orderId, message.kind)}, ${message.kind}, ${orderId}, ${JSON.stringify(message.payload)},
          case when ${leaseMs}::integer > 0 then clock_timestamp() + ${leaseMs} * interval '1 millisecond' end)
        returning id`,
  );
  if (!row) throw new Error('an insert gave no row');
  return row.id;
}

/**
 * Owes Temporal a change of a schedule, in the caller's transaction; changes of one schedule arrive in their order. Each tells
 * of the schedule as a whole, so that it stands for those before it that have not arrived, be it that Temporal refuses them;
 * one that is on its way goes when it fails (outbox-queue.ts).
 */
export async function oweScheduleChange(tx: Tx, payload: ScheduleMessage['payload']): Promise<void> {
  const lane = scheduleLane(payload.id);
  const undelivered = await query<{ change: ScheduleMessage['payload']['change'] }>(
    tx,
    sql`select payload ->> 'change' as change from outbox where lane = ${lane}`,
  );
  await execute(
    tx,
    sql`delete from outbox where lane = ${lane} and (leased_until is null or leased_until <= clock_timestamp())`,
  );
  const standing = { ...payload, change: standingFor(undelivered, payload) };
  await execute(
    tx,
    sql`insert into outbox (lane, kind, payload) values (${lane}, 'schedule', ${JSON.stringify(standing)})`,
  );
}

/** Settings alone leave it paused or not as it is in Temporal, which others before them may have been about. */
function standingFor(
  undelivered: readonly Pick<ScheduleMessage['payload'], 'change'>[],
  { change, pauseNote }: ScheduleMessage['payload'],
): ScheduleMessage['payload']['change'] {
  if (change !== 'set' || undelivered.every((earlier) => earlier.change === 'set')) return change;
  return pauseNote === null ? 'resume' : 'pause';
}

/** Whether a change of the schedule has not arrived yet. */
export async function owesScheduleChange(db: Db, id: string): Promise<boolean> {
  const row = await queryOne<{ owed: boolean }>(
    db,
    sql`select exists (select from outbox where lane = ${scheduleLane(id)}) as owed`,
  );
  return row?.owed ?? false;
}

const scheduleLane = (id: string): string => `schedule:${id}`;

/** Owes Temporal the cancel of a job's run, in the caller's transaction. */
export async function oweJobCancel(tx: Tx, payload: CancelJobMessage['payload']): Promise<void> {
  await execute(
    tx,
    sql`insert into outbox (lane, kind, payload)
        values (${`job:${payload.jobId}`}, 'cancel_job', ${JSON.stringify(payload)})`,
  );
}
