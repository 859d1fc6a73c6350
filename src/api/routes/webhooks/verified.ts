import { WebhookSignatureError } from '../../../providers/webhook-signature.ts';
import type { ApiContext } from '../../api-context.ts';
import { Problem } from '../../problems/errors.ts';
import { isStorable } from '../../../domain/storable.ts';

/** The event that `verify` finds in a webhook; a `bad-signature` problem where it finds none. */
export function verified<E extends object>(provider: string, { events }: ApiContext, verify: () => E): E {
  try {
    const event = verify();
    const texts = Object.values(event).filter((value) => typeof value === 'string');
    if (texts.every(isStorable)) return event;
    throw new WebhookSignatureError('the signed event holds what is no text');
  } catch (error) {
    if (!(error instanceof WebhookSignatureError)) throw error;
    events.webhookRejected({ provider, reason: error.message });
    throw new Problem('bad-signature', undefined, { cause: error });
  }
}
