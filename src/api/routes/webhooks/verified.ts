import { WebhookSignatureError } from '../../../providers/webhook-signature.ts';
import { Problem } from '../../errors.ts';
import type { ApiContext } from '../../api-context.ts';

/** The event that `verify` finds in a webhook; a `bad-signature` problem where it finds none. */
export function verified<E>(provider: string, { events }: ApiContext, verify: () => E): E {
  try {
    return verify();
  } catch (error) {
    if (!(error instanceof WebhookSignatureError)) throw error;
    events.webhookRejected({ provider, reason: error.message });
    throw new Problem('bad-signature', undefined, { cause: error });
  }
}
