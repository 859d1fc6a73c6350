import { format } from '../../../domain/money.ts';
import { lastDayOf, type Summary, type SummarySales, type SummarySpan } from '../../../domain/summary.ts';

/** `Summary of 2026-03-28 (Europe/Berlin)`; a file's name as well, but for the slash. */
export function headingOf(span: SummarySpan): string {
  return `${titleOf(span)} (${span.timeZone})`;
}

/** `Summary 2026-03-28`, `Summary 2026-03-23 to 2026-03-29` */
export function titleOf(span: SummarySpan): string {
  const { period, firstDay } = span;
  return period === 'day' ? `Summary ${firstDay}` : `Summary ${firstDay} to ${lastDayOf(span)}`;
}

/** What became of the orders, in a sentence. */
export function ordersSentence({ orders }: Summary): string {
  const { placed, completed, failed, cancelled } = orders;
  const open = placed - completed - failed - cancelled;
  return `${placed} orders came in: ${completed} completed, ${open} under way, ${failed} failed, ${cancelled} cancelled.`;
}

/** `EUR: 12 orders, 31 pieces, 1425.69 EUR; reversed 1 order, 91.98 EUR; net 1333.71 EUR` */
export function salesLine(sales: SummarySales): string {
  const { currency, orders, pieces, revenueMinor, reversedOrders, reversedMinor } = sales;
  const amount = (amountMinor: number) => format({ amountMinor, currency });
  return (
    `${counted(orders, 'order')}, ${counted(pieces, 'piece')}, ${amount(revenueMinor)}; ` +
    `reversed ${counted(reversedOrders, 'order')}, ${amount(reversedMinor)}; ` +
    `net ${amount(revenueMinor - reversedMinor)}`
  );
}

/** Says that figures are missing, where they are. */
export function outstandingSentence({ outstanding }: Summary): string | null {
  if (outstanding === 0) return null;
  return `${counted(outstanding, 'change')} of sales had not been written when this was added up.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
