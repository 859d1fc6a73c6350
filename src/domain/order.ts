import type { Money } from './money.ts';

/** The order's life. */
export const orderStatuses = [
  'pending',
  'processing',
  'confirmed',
  'completed',
  'failed',
  'cancelled',
] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** Which status may follow which; everything else is a defect. The database holds the same table (`orders` trigger). */
export const nextStatuses = {
  pending: ['processing', 'failed', 'cancelled'],
  processing: ['confirmed', 'failed', 'cancelled'],
  confirmed: ['completed', 'failed', 'cancelled'],
  completed: [],
  failed: [],
  cancelled: [],
} as const satisfies Record<OrderStatus, readonly OrderStatus[]>;

export function mayFollow(from: OrderStatus, to: OrderStatus): boolean {
  return (nextStatuses[from] as readonly OrderStatus[]).includes(to);
}

export function hasEnded(status: OrderStatus): boolean {
  return nextStatuses[status].length === 0;
}

export const paymentStatuses = [
  'none',
  'authorized',
  'captured',
  'voided',
  'partially_refunded',
  'refunded',
  'declined',
] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

export const fulfillmentStatuses = [
  'none',
  'reserved',
  'partially_shipped',
  'shipped',
  'delivered',
  'returned',
  'released',
] as const;
export type FulfillmentStatus = (typeof fulfillmentStatuses)[number];

export const waitingReasons = ['approval', 'payment_action', 'stock', 'operator'] as const;
export type WaitingOn = (typeof waitingReasons)[number];

/** The saga's steps, by the names under which `order_steps` and the timeline hold them. */
export const stepNames = [
  'reserve_stock',
  'authorize_payment',
  'confirm',
  'buy_label',
  'capture_payment',
] as const;
export type StepName = (typeof stepNames)[number];

const undoPrefix = 'undo ';

/** Under this name a step's undo waits for an operator. */
export function undoName(step: string): string {
  return `${undoPrefix}${step}`;
}

/** The step whose undo this is the name of, or null. */
export function stepOfUndo(name: string): StepName | null {
  if (!name.startsWith(undoPrefix)) return null;
  return stepNames.find((step) => undoName(step) === name) ?? null;
}

/** Under this name a parcel in trouble waits for an operator; it is no step of ours. */
export const deliveryStep = 'delivery';

/** Under this name an order calls for an operator because its authorization runs out; no run waits for the answer. */
export const authorizationWatch = 'authorization';

/** The steps that an operator can undo at the provider, in its dashboard or over the telephone. */
export const stepsUndoneByHand = ['authorize_payment', 'buy_label', 'capture_payment'] as const;
export type StepUndoneByHand = (typeof stepsUndoneByHand)[number];

export function isUndoneByHand(step: StepName): step is StepUndoneByHand {
  return (stepsUndoneByHand as readonly StepName[]).includes(step);
}

/** A step's state in `order_steps` (law 4): an undo moves it to `undoing` before it undoes anything. */
export const stepStates = ['intended', 'landed', 'undoing', 'undone'] as const;
export type StepState = (typeof stepStates)[number];

export interface Customer {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

export interface Address {
  readonly name: string;
  readonly line1: string;
  readonly line2?: string | undefined;
  readonly city: string;
  readonly postalCode: string;
  readonly region?: string | undefined;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
}

export interface OrderLine {
  readonly sku: string;
  readonly name: string;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly lineTotal: Money;
}

/** The warehouse that ships everything until there is a second one. */
export const mainWarehouse = 'main';
