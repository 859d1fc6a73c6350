import type { Repeated } from '../../../db/idempotency.ts';
import type { Sealer } from '../../../domain/sealing.ts';
import type { KeptAnswer } from '../../endpoint.ts';
import { answerOfRepeat } from '../../http/repeats.ts';

/**
 * An answer that shows a secret. Under an `Idempotency-Key` it is kept as the secret itself is, sealed where there are keys
 * for that, and only opened on its way out.
 */
export function answerWithSecret(repeated: Repeated, sealer: Sealer): KeptAnswer {
  const answer = answerOfRepeat(repeated);
  const { body } = answer;
  if (!isKeptSecret(body)) throw new Error('an answer that shows a secret has none');
  return { ...answer, body: { ...body, secret: sealer.open(body.secret, body.id) } };
}

function isKeptSecret(body: unknown): body is { readonly id: string; readonly secret: string } {
  if (typeof body !== 'object' || body === null || !('id' in body && 'secret' in body)) return false;
  return typeof body.id === 'string' && typeof body.secret === 'string';
}
