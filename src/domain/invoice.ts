import type { Money } from './money.ts';
import type { Address } from './order.ts';

/** What an invoice says. */
export interface Invoice {
  /** Follows from the order, so that there is one of each. */
  readonly number: string;
  /** RFC 3339: when the order was confirmed. */
  readonly issuedAt: string;
  readonly seller: Address;
  readonly customer: { readonly name: string; readonly email: string };
  readonly shippingAddress: Address;
  readonly lines: readonly {
    readonly sku: string;
    readonly name: string;
    readonly quantity: number;
    readonly unitPrice: Money;
    readonly lineTotal: Money;
  }[];
  readonly total: Money;
}

/** An order has one invoice. */
export function invoiceNumber(orderId: string): string {
  return `INV-${orderId.toUpperCase()}`;
}
