import type { Request, Response } from 'express';
import { callModes, type Fault, type FaultMode, type Faults } from '../shared/faults.ts';
import { randomAlphanumeric } from '../shared/ids.ts';
import { playCall, send, type Reply } from '../shared/wire.ts';
import { StripeFailure, type StripeErrorBody } from './errors.ts';
import { checkExpand, expanded } from './expand.ts';
import { parseForm, type Form } from './form-body.ts';
import {
  fingerprintOf,
  maxKeyLength,
  retryAdvice,
  type Idempotency,
  type KeyedRequest,
} from './idempotency.ts';
import { orderIdOf } from './objects.ts';
import type { Context, Operation } from './operation.ts';
import type { Store, Transaction } from './store.ts';
import { declined } from './test-cards.ts';

export interface CallOptions {
  store: Store;
  faults: Faults;
  idempotency: Idempotency;
  apiVersion: string;
  authorizationSeconds: number;
  baseUrl: () => string;
  stopped: AbortSignal;
}

/** One call on its way through the rules that hold for all of them. */
interface Call {
  operation: Operation;
  form: Form;
  id: string;
  requestId: string;
  keyed: KeyedRequest | null;
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
    'Stripe-Version': request.get('Stripe-Version') ?? options.apiVersion,
    ...(key === null ? {} : { 'Idempotency-Key': key }),
  });
  try {
    authenticate(request.get('Authorization'));
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
    return fault?.mode === 'rate_limit'
      ? limit(response, fault)
      : playCall(response, fault, () => stored, stopped);
  }
  if (keyed) idempotency.begin(keyed);
  try {
    const fault = faults.take({ ...subject, orderId }, callModes);
    if (fault?.mode === 'rate_limit') return limit(response, fault);
    await playCall(response, fault, () => execute(call, fault, options), stopped);
  } finally {
    if (keyed) idempotency.end(keyed.key);
  }
}

/** Does the work and keeps the answer under the key, as one write. */
function execute(call: Call, fault: Fault | undefined, options: CallOptions): Reply {
  const { operation, form, id, requestId, keyed } = call;
  const origin = { requestId, idempotencyKey: keyed?.key ?? null };
  return options.store.transact(origin, (transaction) => {
    let reply: Reply;
    let executed = true;
    try {
      reply = success(expanded(run(operation, form, id, fault, transaction, options), form, options.store));
    } catch (error) {
      executed = !(error instanceof StripeFailure) || error.executed;
      reply = failureReply(error);
    }
    if (fault?.mode === 'error500_after') reply = failureReply(internalError());
    if (keyed && executed) {
      transaction.keepReply({ ...keyed, at: Date.now(), requestId, status: reply.status, body: reply.body });
    }
    return reply;
  });
}

function run(
  operation: Operation,
  form: Form,
  id: string,
  fault: Fault | undefined,
  transaction: Transaction,
  { store, authorizationSeconds, baseUrl }: CallOptions,
): object {
  if (fault?.mode === 'error500') throw internalError();
  const confirms = operation.name === 'payment_intent.confirm' || form.confirm === 'true';
  if (fault?.mode === 'refuse' && !(confirms && isDecline(fault))) throw refusal(fault);
  const context: Context = {
    store,
    transaction,
    authorizationSeconds,
    baseUrl: baseUrl(),
    forcedOutcome: fault?.mode === 'refuse' ? declined(fault.error.declineCode ?? 'generic_decline') : null,
  };
  checkExpand(form);
  return operation.run(form, id, context);
}

/** A confirmation is refused by declining the card, unless the fault names another type of error. */
function isDecline({ error }: Fault): boolean {
  return error.type === undefined || error.type === 'card_error';
}

function refusal({ error }: Fault): StripeFailure {
  const body: StripeErrorBody = {
    type: error.type ?? 'invalid_request_error',
    message: error.message ?? 'The request was refused on request.',
  };
  if (error.code !== undefined) body.code = error.code;
  if (error.declineCode !== undefined) body.decline_code = error.declineCode;
  const status = error.status ?? (body.type === 'card_error' ? 402 : 400);
  return new StripeFailure(status, body, { executed: true });
}

function limit(response: Response, { retryAfterSeconds }: Fault): void {
  const message =
    'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.';
  const failure = new StripeFailure(
    429,
    { type: 'invalid_request_error', code: 'rate_limit', message },
    { executed: false },
  );
  const reply = failureReply(failure);
  send(response, { ...reply, headers: { ...reply.headers, 'Retry-After': String(retryAfterSeconds) } });
}

function success(body: object): Reply {
  return { status: 200, body: JSON.stringify(body) };
}

function failureReply(error: unknown): Reply {
  const { status, body } = error instanceof StripeFailure ? error : unforeseen(error);
  return { status, headers: retryAdvice(status), body: JSON.stringify({ error: body }) };
}

function internalError(): StripeFailure {
  const message = "An unknown error occurred. We've been notified and are looking into it.";
  return new StripeFailure(500, { type: 'api_error', message }, { executed: true });
}

/** A defect of the sandbox itself is told on stderr, not hidden in an answer that looks like one of Stripe's. */
function unforeseen(error: unknown): StripeFailure {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return internalError();
}

function authenticate(authorization: string | undefined): void {
  const [scheme = '', credentials = ''] = (authorization ?? '').split(' ');
  const key =
    scheme === 'Basic' ? Buffer.from(credentials, 'base64').toString().replace(/:.*$/, '') : credentials;
  if (/^(sk|rk)_test_\w+$/.test(key)) return;
  const message =
    key === ''
      ? "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
      : `Invalid API Key provided: ${key.slice(0, 8)}***`;
  throw new StripeFailure(401, { type: 'invalid_request_error', message }, { executed: false });
}

function checkKey(key: string): string {
  if (key.length <= maxKeyLength) return key;
  const message = `The idempotency key must be at most ${maxKeyLength} characters.`;
  throw new StripeFailure(400, { type: 'idempotency_error', message }, { executed: false });
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
