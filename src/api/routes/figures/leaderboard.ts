import { z } from 'zod';
import { rankings, readLeaderboard } from '../../../db/reports/sales-figures.ts';
import { utcDay } from '../../../domain/days.ts';
import { endpoint } from '../../endpoint.ts';
import { exampleProduct } from '../../document/examples.ts';
import { limitUpTo } from '../../bodies/page.ts';
import { sku } from '../../schemas/fields.ts';
import { currency, money } from '../../schemas/money.ts';

const defaultPlaces = 10;
const maxPlaces = 100;

/** Days back from today, today included; null for all there are. */
const periodDays = { day: 1, week: 7, month: 30, all: null } as const;
const periods = ['day', 'week', 'month', 'all'] as const satisfies (keyof typeof periodDays)[];

export const getLeaderboard = endpoint({
  method: 'get',
  path: '/leaderboard',
  operationId: 'getLeaderboard',
  tag: 'Figures',
  access: 'orders:read',
  summary: 'List the products that sell best',
  description:
    'What was confirmed, without what was cancelled since. Amounts of two currencies do not compare, so a board has one.',
  query: z.strictObject({
    by: z.enum(rankings).default('quantity'),
    period: z.enum(periods).default('week').meta({
      description: 'Today, the last 7 or 30 days with today, or all there are. Days are those of UTC.',
    }),
    currency: currency.optional().meta({ description: 'Without it the one in which most pieces were sold.' }),
    limit: limitUpTo(maxPlaces, defaultPlaces),
  }),
  tagged: true,
  responses: {
    200: {
      description: 'The best first.',
      body: z
        .strictObject({
          by: z.enum(rankings),
          period: z.enum(periods),
          from: z.iso.date().nullable().meta({ description: 'The first day that counts; null for `all`.' }),
          currency: currency.nullable().meta({ description: 'Null where nothing was sold.' }),
          items: z.array(
            z.strictObject({
              rank: z.int(),
              sku,
              name: z.string(),
              quantity: z.int().meta({ description: 'Pieces sold.' }),
              revenue: money,
            }),
          ),
        })
        .meta({ id: 'Leaderboard' }),
      example: {
        by: 'quantity',
        period: 'week',
        from: '2026-01-09',
        currency: 'EUR',
        items: [
          {
            rank: 1,
            sku: exampleProduct.sku,
            name: exampleProduct.name,
            quantity: 214,
            revenue: { amountMinor: 984_186, currency: 'EUR' },
          },
        ],
      },
    },
  },
  problems: [],
  async handle({ query }, { pool }) {
    const { by, period, limit } = query;
    const days = periodDays[period];
    const from = days === null ? null : utcDay(new Date(), days - 1);
    const board = await readLeaderboard(pool, { by, from, currency: query.currency ?? null, limit });
    const items = board.items.map(({ revenueMinor, ...product }, index) => ({
      rank: index + 1,
      ...product,
      revenue: { amountMinor: revenueMinor, currency: board.currency ?? '' },
    }));
    return { status: 200, body: { by, period, from, currency: board.currency, items } };
  },
});
