import escapeHtml from 'escape-html';
import type { Summary } from '../../../domain/summary.ts';
import { headingOf, ordersSentence, outstandingSentence, salesLine } from './words.ts';

/** Writes the mail that a summary's PDF goes with: a subject, and the same lines as text and as HTML. */
export function renderSummaryMail(summary: Summary): { subject: string; text: string; html: string } {
  const lines = [
    `${headingOf(summary)}.`,
    ordersSentence(summary),
    ...(summary.sales.length === 0 ? ['Nothing was sold.'] : summary.sales.map(salesLine)),
    outstandingSentence(summary),
  ].filter((line) => line !== null);
  return {
    subject: headingOf(summary),
    text: `${lines.join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><body>${lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('')}</body></html>`,
  };
}
