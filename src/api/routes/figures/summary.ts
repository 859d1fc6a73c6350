import { z } from 'zod';
import type { Summary } from '../../../domain/summary.ts';
import { exampleProduct } from '../../document/examples.ts';
import { sku, time } from '../../schemas/fields.ts';
import { money } from '../../schemas/money.ts';

/** What was sold, or reversed, in a currency. */
export const sum = z.strictObject({ orders: z.int(), pieces: z.int(), revenue: money });

/** What was added up of a day of a place. */
export const summary = z
  .strictObject({
    summaryId: z
      .uuid()
      .meta({ description: 'As in the `result` of the job; the same however often the day is added up.' }),
    date: z.iso.date(),
    timeZone: z.string(),
    madeAt: time.meta({ description: 'When it was added up last: what has happened since is not in it.' }),
    orders: z
      .strictObject({ placed: z.int(), completed: z.int(), failed: z.int(), cancelled: z.int() })
      .meta({ description: 'That came in on the day, and how they stood then.' }),
    sales: z
      .array(
        z.strictObject({
          sold: sum,
          reversed: sum,
          net: money,
          netByHour: z
            .array(money)
            .meta({ description: 'From the first hour of the day on: 23 to 25, as its clocks go.' }),
        }),
      )
      .meta({ description: 'One for each currency.' }),
    bestSellers: z.array(z.strictObject({ sku, name: z.string(), quantity: z.int(), revenue: money })),
    outstanding: z.int().meta({
      description: 'Changes of sales that had not been written then, and are in none of the figures.',
    }),
  })
  .meta({ id: 'DailySummary' });

export function summaryBody(made: Summary): z.input<typeof summary> {
  const { id, firstDay, timeZone, madeAt, orders, sales, bestSellers, outstanding } = made;
  return {
    summaryId: id,
    date: firstDay,
    timeZone,
    madeAt: madeAt.toISOString(),
    orders,
    sales: sales.map(salesBody),
    bestSellers: bestSellers.map(({ sku: code, name, pieces, revenueMinor, currency }) => ({
      sku: code,
      name,
      quantity: pieces,
      revenue: { amountMinor: revenueMinor, currency },
    })),
    outstanding,
  };
}

function salesBody(sales: Summary['sales'][number]) {
  const inCurrency = (amountMinor: number) => ({ amountMinor, currency: sales.currency });
  return {
    sold: { orders: sales.orders, pieces: sales.pieces, revenue: inCurrency(sales.revenueMinor) },
    reversed: {
      orders: sales.reversedOrders,
      pieces: sales.reversedPieces,
      revenue: inCurrency(sales.reversedMinor),
    },
    net: inCurrency(sales.revenueMinor - sales.reversedMinor),
    netByHour: sales.partsMinor.map(inCurrency),
  };
}

const revenue = { amountMinor: 142_569, currency: 'EUR' };
const nothing = { amountMinor: 0, currency: 'EUR' };

export const exampleSummary: z.input<typeof summary> = {
  summaryId: '01a204a2-d9e5-711f-a53d-9bdabbb65617',
  date: '2026-01-15',
  timeZone: 'Europe/Berlin',
  madeAt: '2026-01-16T01:00:01.204Z',
  orders: { placed: 13, completed: 10, failed: 1, cancelled: 0 },
  sales: [
    {
      sold: { orders: 12, pieces: 31, revenue },
      reversed: { orders: 0, pieces: 0, revenue: nothing },
      net: revenue,
      netByHour: Array.from({ length: 24 }, (_, hour) => (hour === 14 ? revenue : nothing)),
    },
  ],
  bestSellers: [{ sku: exampleProduct.sku, name: exampleProduct.name, quantity: 31, revenue }],
  outstanding: 0,
};
