import type { Sealer } from '../../domain/sealing.ts';
import type { RetryLadder } from '../../domain/webhook-ladder.ts';
import type { WebhookClient } from '../../providers/webhook-client.ts';
import type { ActivityContext } from '../context.ts';

/** How webhooks are sent. */
export interface WebhookTuning {
  readonly ladder: RetryLadder;
  /** How many messages are on their way to one destination at once. */
  readonly concurrency: number;
  /** How long a receiver may take to answer, in milliseconds. */
  readonly timeoutMs: number;
}

export interface WebhookContext extends Pick<ActivityContext, 'pool' | 'events'> {
  readonly webhooks: WebhookTuning;
  readonly webhookClient: WebhookClient;
  readonly sealer: Sealer;
}
