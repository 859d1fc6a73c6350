import escapeHtml from 'escape-html';
import type { NoticeSubject } from '../db/orders/notices.ts';
import type { OrderFailureType } from '../domain/failures.ts';
import { format } from '../domain/money.ts';
import type { NoticeKind } from '../domain/notice.ts';

export interface NoticeMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What the customer reads when the order could not be fulfilled. */
const reasons: Record<OrderFailureType, string> = {
  OutOfStock: 'one of the products is sold out',
  PaymentDeclined: 'your bank declined the payment',
  PaymentActionRequired: 'your bank asks for a confirmation of the payment that we cannot offer yet',
  UndeliverableAddress: 'no carrier delivers to the address that you gave',
  ApprovalRejected: 'the order was not approved',
  ApprovalTimedOut: 'the order was not approved in time',
  PaymentActionTimedOut: 'the payment was not confirmed in time',
  StockTimedOut: 'the products did not come back into stock in time',
};

/** Writes the mail of a notice: a subject, and the same paragraphs as text and as HTML. */
export function renderNotice(kind: NoticeKind, about: NoticeSubject): NoticeMail {
  const { subject, paragraphs } = contents[kind](about);
  const greeting = `Hello ${about.name},`;
  const closing = `Your order number is ${about.orderId}.`;
  const all = [greeting, ...paragraphs, closing];
  return {
    subject,
    text: `${all.join('\n\n')}\n`,
    html: `<!doctype html><html lang="en"><body>${all.map(toHtml).join('')}</body></html>`,
  };
}

interface Contents {
  readonly subject: string;
  readonly paragraphs: readonly string[];
}

const contents: Record<NoticeKind, (about: NoticeSubject) => Contents> = {
  confirmed: ({ lines, total }) => ({
    subject: 'Your order is confirmed',
    paragraphs: [
      'thank you for your order. It is confirmed, and we are getting it ready:',
      lines.map((line) => `${line.quantity} × ${line.name}: ${format(line.lineTotal)}`).join('\n'),
      `Total: ${format(total)}`,
    ],
  }),
  shipped: ({ carrier, trackingCode, trackingUrl }) => ({
    subject: 'Your order is on its way',
    paragraphs: [
      `your parcel is with the carrier${carrier ? ` (${carrier})` : ''}.`,
      `Tracking code: ${trackingCode ?? 'not known yet'}${trackingUrl ? `\n${trackingUrl}` : ''}`,
    ],
  }),
  failed: (about) => ({
    subject: 'Your order could not be fulfilled',
    paragraphs: [
      `we are sorry: your order could not be fulfilled, because ${reasonOf(about)}.`,
      moneySentence(about),
    ],
  }),
  cancelled: (about) => ({
    subject: 'Your order is cancelled',
    paragraphs: ['your order is cancelled, as you asked.', moneySentence(about)],
  }),
};

function reasonOf({ failureType }: NoticeSubject): string {
  return failureType ? reasons[failureType] : 'something went wrong on our side';
}

function moneySentence({ refunded, total }: NoticeSubject): string {
  return refunded
    ? `The ${format(total)} that we had charged are on their way back to you.`
    : 'You have not been charged.';
}

function toHtml(paragraph: string): string {
  return `<p>${escapeHtml(paragraph).replaceAll('\n', '<br>')}</p>`;
}
