import type { Message } from '../../sandbox/mail/store.ts';
import { noticeActivityId } from '../../src/domain/ids.ts';
import { noticeKinds } from '../../src/domain/notice.ts';
import type { AuditedOrder } from './audited-order.ts';
import type { Loss } from './outages.ts';

/** How long a mail server's reply takes to be written down, so that a kill within that time loses it. */
const writtenDownWithinMs = 2_000;

/** Mails that are missing, unasked for, or repeated although the reply to the one before had arrived. */
export function auditMails(
  orders: readonly AuditedOrder[],
  messages: readonly Message[],
  losses: readonly Loss[],
): string[] {
  const received = new Map<string, Message[]>();
  for (const message of messages) {
    const key = `${message.orderId} ${kindOf(message)}`;
    received.set(key, [...(received.get(key) ?? []), message]);
  }
  const problems: string[] = [];
  for (const { id, status, noticesDue } of orders) {
    for (const kind of noticesDue) {
      const copies = received.get(`${id} ${kind}`) ?? [];
      received.delete(`${id} ${kind}`);
      if (copies.length === 0) problems.push(`${status} order ${id} never got its mail "${kind}"`);
      const concerning = losses.filter(
        ({ workflowId }) => workflowId === undefined || workflowId === noticeActivityId(id, kind),
      );
      const heard = copies.slice(1).filter((earlier) => !wasLost(earlier, concerning));
      if (heard.length > 0)
        problems.push(`${status} order ${id} got its mail "${kind}" ${copies.length} times`);
    }
  }
  return [...problems, ...[...received.keys()].map((key) => `an unasked-for mail: ${key}`)];
}

/** Receptions beyond the first of each mail. */
export function repeatedMails(messages: readonly Message[]): number {
  return messages.length - new Set(messages.map(({ messageId }) => messageId)).size;
}

/** The notice's kind, with which its Message-ID begins; else the whole Message-ID. */
function kindOf({ messageId }: Message): string {
  return noticeKinds.find((kind) => messageId.startsWith(`<${kind}.`)) ?? messageId;
}

/** Whether nobody heard, or kept, that the mail server has taken it. */
function wasLost({ acknowledged, receivedAt }: Message, losses: readonly Loss[]): boolean {
  const receivedMs = Date.parse(receivedAt);
  return (
    !acknowledged ||
    losses.some(({ fromMs, toMs }) => fromMs <= receivedMs + writtenDownWithinMs && receivedMs <= toMs)
  );
}
