import * as alerts from '../db/alerts.ts';
import { alertMessageId } from '../domain/ids.ts';
import type { OperatorWebhook } from '../providers/operator-webhook.ts';
import { renderAlert } from './alert-mail.ts';
import type { ActivityContext } from './context.ts';

/** Where operators are told; null where that way is not set up. */
export interface Operators {
  readonly email: string | null;
  readonly webhook: OperatorWebhook | null;
}

export interface AlertContext extends Pick<ActivityContext, 'pool' | 'mailer' | 'mailDomain' | 'events'> {
  readonly operators: Operators;
}

export interface AlertRef {
  readonly alertId: string;
}

export function createAlerts(ctx: AlertContext) {
  const { operators, events } = ctx;

  return {
    /** Tells the operators each way in which they have not been told; the ways do not wait for each other. */
    async tellOperators({ alertId }: AlertRef): Promise<void> {
      const alert = await alerts.load(ctx.pool, alertId);
      const { email, webhook } = operators;
      const ways = await Promise.allSettled([
        email !== null && !alert.mailed ? mail(ctx, email, alert) : undefined,
        webhook && !alert.posted ? post(ctx, webhook, alert) : undefined,
      ]);
      const failed = ways.find((way) => way.status === 'rejected');
      if (failed) throw failed.reason;
      events.operatorsTold({ alertId, type: alert.type, orderId: alert.orderId });
    },
  };
}

async function mail(ctx: AlertContext, to: string, alert: alerts.RaisedAlert): Promise<void> {
  const messageId = alertMessageId(alert.id, ctx.mailDomain);
  await ctx.mailer.send({ messageId, to, ...renderAlert(alert) });
  await alerts.markMailed(ctx.pool, alert.id);
}

async function post(ctx: AlertContext, webhook: OperatorWebhook, alert: alerts.RaisedAlert): Promise<void> {
  const { id, type, orderId, facts, raisedAt } = alert;
  const outcome = await webhook.post({ id, type, occurredAt: raisedAt, data: { orderId, ...facts } });
  if (outcome === 'gone') ctx.events.operatorWebhookGone({ alertId: id });
  await alerts.markPosted(ctx.pool, id);
}
