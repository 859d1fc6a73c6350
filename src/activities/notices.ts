import * as notices from '../db/orders/notices.ts';
import { record } from '../db/orders/events.ts';
import { transaction } from '../db/pool.ts';
import { noticeMessageId } from '../domain/ids.ts';
import { Failure } from '../domain/failures.ts';
import type { NoticeActivities, NoticeRef } from '../domain/notice.ts';
import type { ActivityContext } from './context.ts';
import { renderNotice } from './notice-mail.ts';

export function createNotices({
  pool,
  mailer,
  mailDomain,
  events,
}: Pick<ActivityContext, 'pool' | 'mailer' | 'mailDomain' | 'events'>): NoticeActivities {
  return {
    /**
     * Sends the mail unless it has been sent; sent again only where the mail server's reply was lost. Throws MailRefused once
     * it is written down that the server refused it for good; nothing else depends on it (law 9).
     */
    async sendNotice({ orderId, kind }: NoticeRef): Promise<void> {
      const messageId = noticeMessageId(orderId, kind, mailDomain);
      if (!(await notices.intendNotice(pool, orderId, kind, messageId))) return;
      const subject = await notices.subject(pool, orderId);
      const headers = { 'X-Order-Id': orderId };
      try {
        await mailer.send({ messageId, to: subject.email, headers, ...renderNotice(kind, subject) });
      } catch (error) {
        if (error instanceof Failure && error.type === 'MailRefused')
          await noteRefusal({ orderId, kind }, error.message);
        throw error;
      }
      await transaction(pool, async (tx) => {
        if (!(await notices.markSent(tx, orderId, kind))) return;
        await record(tx, orderId, { type: 'notice.sent', data: { notice: kind } });
      });
      events.noticeSent({ orderId, notice: kind });
    },
  };

  async function noteRefusal({ orderId, kind }: NoticeRef, failureMessage: string): Promise<void> {
    if (!(await transaction(pool, (tx) => notices.recordRefusal(tx, orderId, kind)))) return;
    events.noticeRefused({ orderId, notice: kind, failureType: 'MailRefused', failureMessage });
  }
}
