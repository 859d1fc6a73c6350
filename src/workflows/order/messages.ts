import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { defineSignal } from '@temporalio/workflow';
import type { OrderFailureType } from '../../domain/failures.ts';
import type { OrderPolicy } from '../../domain/policies.ts';

/** Everything by which the world outside talks with an order's workflow: its name, queue, input, signals, attributes. */
export const orderWorkflowType = 'order';

/** Workflows of orders and notices, and the activities of orders. */
export const ordersTaskQueue = 'orders';

/** Activities that tell people something; a queue of their own, so that a mail server that hangs holds up no order. */
export const noticesTaskQueue = 'notices';

/** Activities that keep the service itself in order: alerts to operators, the reconciler. */
export const maintenanceTaskQueue = 'maintenance';

/** The input of the order workflow. Ids and pinned policy only (law 12). */
export interface OrderInput {
  readonly version: 1;
  readonly orderId: string;
  readonly policy: OrderPolicy;
  /** True for a run that goes on where a lost one ended; how far that was stands in Postgres. */
  readonly resume?: boolean;
}

export interface OrderOutcome {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly failureType: OrderFailureType | null;
}

/** A cancel has been accepted. */
export const cancelSignal = defineSignal('cancel');

/** An operator has decided about the step that needs attention. */
export interface Resolution {
  readonly step: string;
  /** Which of the step's calls for an operator it answers; absent where nobody noted that. */
  readonly call?: string;
  readonly action: 'retry' | 'skip';
}
export const resolveSignal = defineSignal<[Resolution]>('resolve');

/** The carrier has told where the parcel is; `status` is a word of EasyPost's tracker. */
export interface Tracking {
  readonly status: string;
}
export const trackingSignal = defineSignal<[Tracking]>('tracking');

/** Typed search attributes; start-up registers them wherever they are missing. */
export const searchAttributes = {
  orderStatus: defineSearchAttributeKey('OrderStatus', SearchAttributeType.KEYWORD),
  waitingOn: defineSearchAttributeKey('WaitingOn', SearchAttributeType.KEYWORD),
  needsAttention: defineSearchAttributeKey('NeedsAttention', SearchAttributeType.BOOL),
  customerId: defineSearchAttributeKey('CustomerId', SearchAttributeType.KEYWORD),
  orderTotalMinor: defineSearchAttributeKey('OrderTotalMinor', SearchAttributeType.INT),
} as const;
