import { addDays, dayAt, startOfDay, wallTimeAt } from './local-time.ts';

export const summaryPeriods = ['day', 'week'] as const;
export type SummaryPeriod = (typeof summaryPeriods)[number];

/** The days that a summary is about, as the calendar of a place has them. */
export interface SummarySpan {
  readonly period: SummaryPeriod;
  /** YYYY-MM-DD; of a week its Monday. */
  readonly firstDay: string;
  readonly timeZone: string;
}

const daysOf = { day: 1, week: 7 } as const;
const hourMs = 60 * 60 * 1_000;

/** The last of its days, which is the first one for a day. */
export function lastDayOf({ period, firstDay }: SummarySpan): string {
  return addDays(firstDay, daysOf[period] - 1);
}

/** The moment after its last one. */
export function endOf(span: SummarySpan): Date {
  return startOfDay(addDays(lastDayOf(span), 1), span.timeZone);
}

/** When each of its parts begins: the hours of a day, 23 to 25 of them, or the days of a week. */
export function partsOf(span: SummarySpan): Date[] {
  const { period, firstDay, timeZone } = span;
  if (period === 'week')
    return Array.from({ length: daysOf.week }, (_, day) => startOfDay(addDays(firstDay, day), timeZone));
  const startMs = startOfDay(firstDay, timeZone).getTime();
  const hours = Math.ceil((endOf(span).getTime() - startMs) / hourMs);
  return Array.from({ length: hours }, (_, hour) => new Date(startMs + hour * hourMs));
}

/** What a part is called there: `02` for an hour, `2026-03-29` for a day. */
export function nameOfPart({ period, timeZone }: SummarySpan, beginsAt: Date): string {
  return period === 'week'
    ? dayAt(beginsAt, timeZone)
    : wallTimeAt(beginsAt, timeZone).slice('yyyy-mm-ddT'.length, 'yyyy-mm-ddThh'.length);
}

/** What was sold in one currency, in minor units; parts are in the order of `partsOf`, less what was reversed in them. */
export interface SummarySales {
  readonly currency: string;
  readonly orders: number;
  readonly pieces: number;
  readonly revenueMinor: number;
  readonly reversedOrders: number;
  readonly reversedPieces: number;
  readonly reversedMinor: number;
  readonly partsMinor: readonly number[];
}

export interface BestSeller {
  readonly sku: string;
  readonly name: string;
  readonly currency: string;
  readonly pieces: number;
  readonly revenueMinor: number;
}

/** A summary as it was added up. */
export interface Summary extends SummarySpan {
  readonly id: string;
  /** Orders that came in within the span, and how they stood when it was added up. */
  readonly orders: {
    readonly placed: number;
    readonly completed: number;
    readonly failed: number;
    readonly cancelled: number;
  };
  readonly sales: readonly SummarySales[];
  /** By pieces, which can be compared across currencies, the best first. */
  readonly bestSellers: readonly BestSeller[];
  /** Sales of the span that were not written then. */
  readonly outstanding: number;
  readonly madeAt: Date;
}

/** How many of the best sellers a summary names. */
export const maxBestSellers = 10;

/** Where a PDF of a summary is in the object store; each time that it is made it has another one. */
export function summaryFileKey(summaryId: string, fileId: string): string {
  return `summaries/${summaryId}/${fileId}.pdf`;
}
