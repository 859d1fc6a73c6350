import type { Request, Response } from 'express';
import { callModes, type FaultMode, type Faults } from '../shared/faults.ts';
import { randomAlphanumeric } from '../shared/ids.ts';
import { playCall, send } from '../shared/wire.ts';
import { checkApiKey } from './api-key.ts';
import { ApiVersion } from './api-version.ts';
import { execute, type Call } from './execute.ts';
import { rateLimitReply } from './fault-replies.ts';
import { parseForm } from './form-body.ts';
import { checkKey, fingerprintOf, type Idempotency } from './idempotency.ts';
import { orderIdOf } from './objects.ts';
import type { Operation, World } from './operation.ts';
import { failureReply } from './replies.ts';
import type { Store } from './store.ts';

export interface CallOptions extends World {
  faults: Faults;
  idempotency: Idempotency;
  stopped: AbortSignal;
}

/** A call whose answer is stored is answered from there: no fault can make it execute again or fail anew. */
const modesForReplays: readonly FaultMode[] = [
  'hang',
  'drop_request',
  'drop_reply',
  'delay',
  'delay_reply',
  'rate_limit',
];

/** Answers one call of one endpoint: authentication, idempotency, faults, then the work itself. */
export async function answerCall(
  operation: Operation,
  request: Request,
  response: Response,
  options: CallOptions,
): Promise<void> {
  const requestId = `req_${randomAlphanumeric(14)}`;
  const key = operation.method === 'post' ? (request.get('Idempotency-Key') ?? null) : null;
  response.set({
    'Request-Id': requestId,
    'Stripe-Version': request.get('Stripe-Version') ?? ApiVersion,
    ...(key === null ? {} : { 'Idempotency-Key': key }),
  });
  try {
    checkApiKey(request.get('Authorization'));
    const encoded = operation.method === 'post' ? bodyOf(request) : (request.url.split('?')[1] ?? '');
    const keyed =
      key === null ? null : { key: checkKey(key), path: request.path, fingerprint: fingerprintOf(encoded) };
    const call = {
      operation,
      form: parseForm(encoded),
      id: String(request.params.id ?? ''),
      requestId,
      keyed,
    };
    await answerOnce(call, response, options);
  } catch (error) {
    send(response, failureReply(error));
  }
}

async function answerOnce(call: Call, response: Response, options: CallOptions): Promise<void> {
  const { faults, idempotency, stopped } = options;
  const { keyed } = call;
  const stored = keyed === null ? null : idempotency.replay(keyed);
  const subject = { operation: call.operation.name, id: call.id, key: keyed?.key ?? null };
  const orderId = orderIdFor(call, options.store);
  if (stored) {
    const fault = faults.take({ ...subject, orderId }, modesForReplays);
    if (fault?.mode === 'rate_limit') return send(response, rateLimitReply(fault));
    return playCall(response, fault, () => stored, stopped);
  }
  if (keyed) idempotency.begin(keyed);
  try {
    const fault = faults.take({ ...subject, orderId }, callModes);
    if (fault?.mode === 'rate_limit') return send(response, rateLimitReply(fault));
    await playCall(response, fault, () => execute(call, fault, options), stopped);
  } finally {
    if (keyed) idempotency.end(keyed.key);
  }
}

/** Our order, from the parameters or from the object that they name. */
function orderIdFor({ form, id }: Call, store: Store): string | null {
  const { metadata, payment_intent: intentId } = form;
  if (typeof metadata === 'object' && !Array.isArray(metadata)) {
    const own = metadata.order_id ?? metadata.orderId;
    if (typeof own === 'string') return own;
  }
  const intent = store.intents.get(typeof intentId === 'string' ? intentId : id);
  return orderIdOf(intent?.metadata);
}

function bodyOf(request: Request): string {
  return typeof request.body === 'string' ? request.body : '';
}
