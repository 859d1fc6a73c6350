import * as notices from '../db/notices.ts';
import { record } from '../db/events.ts';
import { transaction } from '../db/pool.ts';
import { noticeMessageId } from '../domain/ids.ts';
import type { NoticeKind } from '../domain/notice.ts';
import type { ActivityContext, OrderRef } from './context.ts';
import { renderNotice } from './notice-mail.ts';

export interface NoticeRef extends OrderRef {
  readonly kind: NoticeKind;
}

export function createNotices({
  pool,
  mailer,
  mailDomain,
  events,
}: Pick<ActivityContext, 'pool' | 'mailer' | 'mailDomain' | 'events'>) {
  return {
    /** Sends the mail unless it has been sent; sent again only where the mail server's reply was lost. */
    async sendNotice({ orderId, kind }: NoticeRef): Promise<void> {
      const messageId = noticeMessageId(orderId, kind, mailDomain);
      if (!(await notices.intendNotice(pool, orderId, kind, messageId))) return;
      const subject = await notices.subject(pool, orderId);
      const headers = { 'X-Order-Id': orderId };
      await mailer.send({ messageId, to: subject.email, headers, ...renderNotice(kind, subject) });
      await transaction(pool, async (tx) => {
        if (!(await notices.markSent(tx, orderId, kind))) return;
        await record(tx, orderId, { type: 'notice.sent', data: { notice: kind } });
      });
      events.noticeSent({ orderId, notice: kind });
    },

    /** The mail server refused the mail for good: written down, and nothing else depends on it (law 9). */
    async noteRefusedNotice({ orderId, kind }: NoticeRef): Promise<void> {
      if (!(await transaction(pool, (tx) => notices.recordRefusal(tx, orderId, kind)))) return;
      events.noticeRefused({
        orderId,
        notice: kind,
        failureType: 'MailRefused',
        failureMessage: 'see the attempt',
      });
    },
  };
}
