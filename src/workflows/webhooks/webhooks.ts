import { webhookActivities } from '../activities.ts';
import type { WebhooksInput } from './messages.ts';

/**
 * One turn at a destination: sends what is due, and is over when nothing is, or when others should have their turn. What
 * waits for its next attempt waits in Postgres, and the next turn is begun for it.
 */
export async function webhooks({ destinationId }: WebhooksInput): Promise<void> {
  await webhookActivities.deliverWebhooks({ destinationId });
}
