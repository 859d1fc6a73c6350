import escapeHtml from 'escape-html';
import type { Alert, AlertType } from '../domain/alert.ts';

interface AlertMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What it is about, and the part of docs/runbook.md that says what to do. */
const contents: Record<AlertType, { title: string; runbook: string }> = {
  'order.needs_attention': { title: 'An order needs attention', runbook: 'an-order-needs-attention' },
  'shipment.moves_after_undo': {
    title: 'A parcel moves although its order is undone',
    runbook: 'a-parcel-moves-although-its-order-is-undone',
  },
  'outbox.poisoned': { title: 'Something cannot be delivered', runbook: 'the-outbox-holds-a-poisoned-entry' },
  'books.imbalance': { title: 'The books do not balance', runbook: 'the-books-do-not-balance' },
  'reconciler.finding': {
    title: 'The reconciler found what it must not repair',
    runbook: 'the-reconciler-needs-a-person',
  },
  'schedule.missed': { title: 'A schedule was missed', runbook: 'a-schedule-was-missed' },
  'job.dead': { title: 'A job is dead', runbook: 'a-job-is-dead' },
  'webhook.endpoint_disabled': {
    title: 'A webhook endpoint is disabled',
    runbook: 'a-webhook-endpoint-is-disabled',
  },
  'callback.given_up': { title: 'A callback was given up', runbook: 'a-callback-was-given-up' },
};

/** Writes an alert as a mail: what, which order, the facts, and where to read on. */
export function renderAlert({ type, orderId, facts, raisedAt }: Alert): AlertMail {
  const { title, runbook } = contents[type];
  const lines = [
    `${title}, since ${raisedAt.toISOString()}.`,
    ...(orderId === null ? [] : [`order: ${orderId}`]),
    ...Object.entries(facts).map(([name, value]) => `${name}: ${wordsOf(value)}`),
    `What to do: docs/runbook.md#${runbook}`,
  ];
  return {
    subject: orderId === null ? title : `${title}: ${orderId}`,
    text: `${lines.join('\n')}\n`,
    html: `<!doctype html><html lang="en"><body><p>${lines.map((line) => escapeHtml(line)).join('<br>')}</p></body></html>`,
  };
}

function wordsOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
