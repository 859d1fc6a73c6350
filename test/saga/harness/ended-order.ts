import type { Pool } from 'pg';
import type { OrderFailureType } from '../../../src/domain/failures.ts';
import type { OrderStatus } from '../../../src/domain/order.ts';
import type { SagaRig } from '../../support/saga-rig.ts';
import type { Sandboxes } from '../../support/sandboxes.ts';
import type { Shop } from '../../support/shop.ts';
import type { Director } from './director.ts';

export type End = Extract<OrderStatus, 'completed' | 'failed' | 'cancelled'>;

/** An order that has ended, and how it should have. */
export interface EndedOrder {
  readonly orderId: string;
  readonly sku: string;
  readonly end: End;
  /** How much of its product there was; what it ordered unless said otherwise. */
  readonly onHand?: number | undefined;
  /** Why it failed; any reason unless said otherwise. */
  readonly failure?: OrderFailureType | undefined;
  /** The mails whose reply was lost, so that they may have come more than once. */
  readonly repeatableMails?: readonly string[];
  /** Whether the mail server refused every mail, so that none came. */
  readonly unmailed?: boolean;
  /** Whether Stripe burnt a key of the order, so that a second intent may have been made. */
  readonly keyBurnt?: boolean;
  /** Whether the order lost its run, so that the next one could not know what the lost one still had under way. */
  readonly lostItsRun?: boolean;
}

/** Where to look. */
export interface World {
  readonly pool: Pool;
  readonly sandboxes: Sandboxes;
  readonly shop: Shop;
  readonly director: Director;
  readonly rig: Pick<SagaRig, 'temporal'>;
}

/** A problem where something does not hold. */
export function unless(holds: boolean, problem: string): string[] {
  return holds ? [] : [problem];
}
