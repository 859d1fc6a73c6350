import { z } from 'zod';
import { readDailySales, type DailySales } from '../../../db/reports/sales-figures.ts';
import { listSummaries } from '../../../db/reports/summaries.ts';
import { daysFrom, utcDay } from '../../../domain/days.ts';
import { endpoint } from '../../endpoint.ts';
import { invalidInput } from '../../problems/invalid-input.ts';
import { money } from '../../schemas/money.ts';
import { timeZone } from '../../schemas/schedule.ts';
import { exampleSummary, sum, summary, summaryBody } from './summary.ts';

const defaultDays = 30;
const maxDays = 366;
const firstDay = '2000-01-01';

const day = z.iso
  .date()
  .refine((date) => date >= firstDay, `must not be before ${firstDay}`)
  .meta({ example: '2026-01-15' });

export const getDailyReport = endpoint({
  method: 'get',
  path: '/reports/daily',
  operationId: 'getDailyReport',
  tag: 'Figures',
  access: 'orders:read',
  summary: 'Read what was sold day by day',
  description: `An order counts on the day it was confirmed, and, where it was cancelled later, as reversed on the day of that: a day
that is over keeps its figures. Days are those of UTC; each currency has an item of its own, and a day on which nothing happened
none. Without \`to\` up to today, without \`from\` ${defaultDays} days; at most ${maxDays}.

With \`timeZone\` also what jobs of the type \`daily-summary\` have added up for days of that place.`,
  query: z.strictObject({
    from: day.optional(),
    to: day.optional(),
    timeZone: timeZone.optional().meta({ description: 'Of the summaries; `items` are always those of UTC.' }),
  }),
  tagged: true,
  responses: {
    200: {
      description: 'The oldest day first.',
      body: z
        .strictObject({
          from: z.iso.date(),
          to: z.iso.date(),
          items: z.array(
            z.strictObject({
              date: z.iso.date(),
              sold: sum,
              reversed: sum,
              net: money.meta({ description: 'What was sold less what was reversed.' }),
            }),
          ),
          summaries: z.array(summary).optional().meta({
            description:
              'Of the days from one to the other in the `timeZone` that was asked for, the newest first.',
          }),
        })
        .meta({ id: 'DailyReport' }),
      example: {
        from: '2026-01-01',
        to: '2026-01-15',
        items: [
          {
            date: '2026-01-15',
            sold: { orders: 12, pieces: 31, revenue: { amountMinor: 142_569, currency: 'EUR' } },
            reversed: { orders: 1, pieces: 2, revenue: { amountMinor: 9_198, currency: 'EUR' } },
            net: { amountMinor: 133_371, currency: 'EUR' },
          },
        ],
        summaries: [exampleSummary],
      },
    },
  },
  problems: ['invalid-input'],
  async handle({ query }, { pool }) {
    const span = spanOf(query);
    const days = await readDailySales(pool, span);
    const report = { ...span, items: days.map(itemOf) };
    if (query.timeZone === undefined) return { status: 200, body: report };
    const made = await listSummaries(pool, { ...span, period: 'day', timeZone: query.timeZone });
    return { status: 200, body: { ...report, summaries: made.map(summaryBody) } };
  },
});

/** The days asked for: up to today, and back from the last one, where nothing else is said. */
function spanOf(query: { from?: string | undefined; to?: string | undefined }) {
  const to = query.to ?? utcDay(new Date());
  const from = query.from ?? utcDay(new Date(to), defaultDays - 1);
  const days = daysFrom(from, to);
  if (days < 1) throw invalidSpan('must not be after the last day');
  if (days > maxDays)
    throw invalidSpan(`must be at most ${maxDays} days back from the last one, both included`);
  return { from, to };
}

function invalidSpan(detail: string) {
  return invalidInput([{ pointer: '#/from', detail, in: 'query' }]);
}

function itemOf({ date, currency, sold, reversed }: DailySales) {
  const inCurrency = (amountMinor: number) => ({ amountMinor, currency });
  const sumOf = ({ revenueMinor, ...counts }: DailySales['sold']) => ({
    ...counts,
    revenue: inCurrency(revenueMinor),
  });
  return {
    date,
    sold: sumOf(sold),
    reversed: sumOf(reversed),
    net: inCurrency(sold.revenueMinor - reversed.revenueMinor),
  };
}
