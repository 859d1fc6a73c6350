import sql from 'sql-template-tag';
import { query, type Db } from '../pool.ts';
import type { OrderEventType } from './events.ts';

export const timelineKinds = ['status', 'step', 'attempt', 'undo', 'notice', 'webhook', 'command'] as const;
export type TimelineKind = (typeof timelineKinds)[number];

/** One thing that happened to an order. */
export interface TimelineEntry {
  /** When it happened; of something that took time, when it ended, or began where it has not ended. */
  readonly at: Date;
  readonly kind: TimelineKind;
  /** The event, activity, step, mail, webhook or command. */
  readonly name: string;
  /** How long it took, in milliseconds; null where that is unknown or means nothing. */
  readonly durationMs: number | null;
  /** The number of the order's event; null for what is no event. */
  readonly number: number | null;
  /** Ids, codes and amounts; for a command who asked and why. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** What kind of thing an event is; what stands in a table of its own, with more to tell, is left to that. */
const kindsOfEvents: Readonly<Record<string, TimelineKind | null>> = {
  'order.accepted': 'status',
  'order.confirmed': 'step',
  'order.completed': 'status',
  'order.failed': 'status',
  'order.cancelled': 'status',
  'order.cancel_requested': null,
  'order.address_changed': null,
  'order.needs_attention': 'status',
  'order.resolved': null,
  'order.resumed': 'status',
  'stock.reserved': 'step',
  'stock.released': 'undo',
  'payment.authorized': 'step',
  'payment.declined': 'status',
  'payment.captured': 'step',
  'payment.voided': 'undo',
  'payment.refunded': 'undo',
  'shipment.label_bought': 'step',
  'shipment.label_refund_requested': 'undo',
  'shipment.tracking': 'status',
  'shipment.dispatched': 'status',
  'shipment.delivered': 'status',
  'notice.sent': null,
  'notice.refused': 'notice',
  'provider.webhook': null,
} satisfies Record<OrderEventType, TimelineKind | null>;

/** The event that tells, with more detail, of a step's undo; a step undone before it did anything has none. */
const eventOfUndo: Readonly<Record<string, OrderEventType>> = {
  reserve_stock: 'stock.released',
  authorize_payment: 'payment.voided',
  buy_label: 'shipment.label_refund_requested',
  capture_payment: 'payment.refunded',
};

interface Row extends Omit<TimelineEntry, 'kind'> {
  readonly kind: TimelineKind | 'event';
}

/** Everything that happened to an order, in order, from one snapshot. */
export async function readTimeline(db: Db, orderId: string): Promise<TimelineEntry[]> {
  const rows = await query<Row>(
    db,
    sql`select at, kind, name, "durationMs", number, detail from (
          ${events(orderId)} union all ${steps(orderId)} union all ${attempts(orderId)}
          union all ${notices(orderId)} union all ${webhooks(orderId)} union all ${commands(orderId)}
        ) as entry (at, kind, name, "durationMs", number, detail)
        order by at, number nulls last, name`,
  );
  const told = new Set(rows.filter(({ kind }) => kind === 'event').map(({ name }) => name));
  return rows.flatMap((row) => toEntry(row, told));
}

function toEntry({ kind: source, ...row }: Row, told: ReadonlySet<string>): TimelineEntry[] {
  const undoEvent = eventOfUndo[row.name];
  if (source === 'undo' && undoEvent !== undefined && told.has(undoEvent)) return [];
  const kind = source === 'event' ? kindOfEvent(row.name) : source;
  return kind === null ? [] : [{ ...row, kind }];
}

function kindOfEvent(name: string): TimelineKind | null {
  return kindsOfEvents[name] ?? null;
}

const events = (orderId: string) => sql`
  select created_at, 'event', type, duration_ms, number, data
  from order_events where order_id = ${orderId}`;

/** Steps under way, and steps that are undone; one that has landed is told by its event. */
const steps = (orderId: string) => sql`
  select case state when 'undone' then undone_at else intended_at end,
    case state when 'undone' then 'undo' else 'step' end, step, null::integer, null::integer,
    jsonb_build_object('state', state)
  from order_steps where order_id = ${orderId} and state <> 'landed'`;

const attempts = (orderId: string) => sql`
  select started_at + duration_ms * interval '1 millisecond', 'attempt', activity, duration_ms, null::integer,
    jsonb_build_object('attempt', attempt, 'local', local, 'failureType', failure_type,
      'failureMessage', failure_message, 'runId', run_id, 'worker', worker)
  from activity_attempts where order_id = ${orderId}`;

const notices = (orderId: string) => sql`
  select coalesce(sent_at, created_at), 'notice', kind,
    (extract(epoch from sent_at - created_at) * 1000)::integer, null::integer,
    jsonb_build_object('messageId', message_id, 'state', case when sent_at is null then 'sending' else 'sent' end)
  from notices where order_id = ${orderId}`;

const webhooks = (orderId: string) => sql`
  select received_at, 'webhook', type, null::integer, null::integer,
    jsonb_build_object('provider', provider, 'eventId', event_id, 'occurredAt', occurred_at)
  from provider_events where order_id = ${orderId}`;

const commands = (orderId: string) => sql`
  select created_at, 'command', kind, null::integer, null::integer,
    jsonb_build_object('requestedBy', requested_by, 'reason', reason)
  from order_commands where order_id = ${orderId}`;
