import type { Request, Response } from 'express';
import { callModes, type Fault, type Faults } from '../shared/faults.ts';
import { orderIdIn } from '../shared/ids.ts';
import { playCall, type Reply } from '../shared/wire.ts';
import type { Carrier } from './carrier.ts';
import { EasyPostFailure, internalError } from './errors.ts';
import { toJson } from './json.ts';
import type { Operation } from './operations.ts';
import type { Store } from './store.ts';

export interface CallOptions {
  store: Store;
  carrier: Carrier;
  faults: Faults;
  stopped: AbortSignal;
}

/** Answers one call of one endpoint: authentication, faults, then the work itself. */
export async function answerCall(
  operation: Operation,
  request: Request,
  response: Response,
  options: CallOptions,
): Promise<void> {
  const id = String(request.params.id ?? '');
  const unauthorized = authenticate(request.get('Authorization'));
  if (unauthorized) return playCall(response, undefined, () => unauthorized, options.stopped);
  const reference = options.store.shipments.get(id)?.reference ?? referenceIn(request.body);
  const subject = { operation: operation.name, id, orderId: orderIdIn(reference), key: reference };
  const fault = options.faults.take(subject, callModes);
  const act = () => execute(operation, id, request, fault, options);
  await playCall(response, fault, act, options.stopped);
}

function execute(
  operation: Operation,
  id: string,
  { body, query }: Request,
  fault: Fault | undefined,
  { store, carrier }: CallOptions,
): Reply {
  if (fault?.mode === 'error500') return failureReply(internalError());
  if (fault?.mode === 'refuse') return failureReply(refusal(fault));
  if (fault?.mode === 'rate_limit') return limited(fault);
  try {
    const answer = store.transact((transaction) =>
      operation.run({ id, body, query, store, carrier, transaction }),
    );
    if (fault?.mode === 'error500_after') return failureReply(internalError());
    return { status: operation.status, body: toJson(answer) };
  } catch (error) {
    return failureReply(error);
  }
}

function refusal({ error }: Fault): EasyPostFailure {
  const {
    status = 422,
    code = 'SHIPMENT.POSTAGE.FAILURE',
    message = 'Unable to buy postage: refused on request.',
  } = error;
  return new EasyPostFailure(status, code, message);
}

function limited({ retryAfterSeconds }: Fault): Reply {
  const message = 'You have exceeded the rate limit for this endpoint. Please try again later.';
  const reply = failureReply(new EasyPostFailure(429, 'RATE_LIMITED', message));
  return { ...reply, headers: { 'Retry-After': String(retryAfterSeconds) } };
}

function failureReply(error: unknown): Reply {
  const failure = error instanceof EasyPostFailure ? error : unforeseen(error);
  const { status, code, message, errors } = failure;
  return { status, body: JSON.stringify({ error: { code, message, errors } }) };
}

/** A defect of the sandbox itself is told on stderr, not hidden in an answer that looks like one of EasyPost's. */
function unforeseen(error: unknown): EasyPostFailure {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return internalError();
}

function authenticate(authorization: string | undefined): Reply | null {
  const [scheme, credentials = ''] = (authorization ?? '').split(' ');
  const key = Buffer.from(credentials, 'base64').toString().replace(/:.*$/s, '');
  if (scheme === 'Basic' && /^EZ[AT]K/.test(key)) return null;
  const message = 'This api key is no longer active. Please use a different api key or reactivate this key.';
  return failureReply(new EasyPostFailure(401, 'APIKEY.INACTIVE', message));
}

function referenceIn(body: unknown): string | null {
  const shipment = typeof body === 'object' && body !== null ? Reflect.get(body, 'shipment') : undefined;
  const reference: unknown =
    typeof shipment === 'object' && shipment !== null ? Reflect.get(shipment, 'reference') : null;
  return typeof reference === 'string' ? reference : null;
}
