import type { Pool } from 'pg';
import type { Address } from '../domain/order.ts';
import type { Carriers } from '../providers/easypost.ts';
import type { Mailer } from '../providers/mail.ts';
import type { Payments } from '../providers/stripe.ts';
import type { Events } from '../telemetry/events.ts';

/** What the activities work with. */
export interface ActivityContext {
  readonly pool: Pool;
  readonly payments: Payments;
  readonly carriers: Carriers;
  readonly mailer: Mailer;
  readonly events: Events;
  /** Where parcels leave from. */
  readonly shipFrom: Address;
  /** The right side of our Message-IDs. */
  readonly mailDomain: string;
  /** How long one request may be under way to a provider before our client gives it up, in milliseconds. */
  readonly providerTimeoutMs: number;
}

/** How every activity of an order is called: by the order's id, which is all that travels (law 12). */
export interface OrderRef {
  readonly orderId: string;
}
