import express from 'express';
import { join } from 'node:path';
import { ApiVersion } from './api-version.ts';
import { authenticate, authenticationRoutes } from './authentication.ts';
import { orderBalances, summaryOf, type OrderBalance } from './balances.ts';
import { answerCall, type CallOptions } from './call.ts';
import { cancel, cancelIntent } from './cancel-intent.ts';
import { capture } from './capture-intent.ts';
import { confirm } from './confirm-intent.ts';
import { createIntent } from './create-intent.ts';
import { customerOperations } from './customers.ts';
import { createIdempotency } from './idempotency.ts';
import { intentNamed } from './intent-object.ts';
import type { Intent } from './objects.ts';
import type { Context, Operation } from './operation.ts';
import { readOperations } from './reads.ts';
import { refundOperations } from './refunds.ts';
import { signatureHeaders } from './signature.ts';
import { openStore, type Transaction } from './store.ts';
import { controlErrors, controlRoutes, type SandboxControl } from '../shared/control-routes.ts';
import { createFaults } from '../shared/faults.ts';
import { listen } from '../shared/http-server.ts';
import { createWebhookSender } from '../shared/webhook-sender.ts';

export interface StripeSandboxOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: a free one. */
  port?: number;
  /** Where the ledger is kept; in memory only without it. */
  dataDir?: string | null;
  /** Where events go, and the secret they are signed with. */
  webhook?: { url: string; secret: string } | null;
  /** After how long an idempotency key is forgotten; default 24 hours. */
  idempotencyTtlMs?: number;
  /** How long an authorization holds; default 7 days. */
  authorizationSeconds?: number;
}

/** A running stand-in for Stripe. */
export interface StripeSandbox extends SandboxControl {
  url: string;
  port: number;
  balances(): OrderBalance[];
  /** Ends the 3-D Secure step of an intent in `requires_action`. */
  authenticate(intentId: string, succeeds: boolean): Intent;
  /** Lets an authorization run out, as after 7 days. */
  expireAuthorization(intentId: string): Intent;
  /** Forgets every idempotency key, as after 24 hours. */
  forgetIdempotencyKeys(): void;
  close(): Promise<void>;
}

const operations: readonly Operation[] = [
  createIntent,
  confirm,
  capture,
  cancel,
  ...readOperations,
  ...refundOperations,
  ...customerOperations,
];

const day = 24 * 60 * 60;
const maxBody = '1mb';

/** Starts the stand-in; rejects when its port is taken. */
export async function startStripeSandbox(options: StripeSandboxOptions = {}): Promise<StripeSandbox> {
  const { host = '127.0.0.1', port = 0, dataDir = null, webhook = null } = options;
  const { idempotencyTtlMs = day * 1000, authorizationSeconds = 7 * day } = options;
  const stopping = new AbortController();
  const faults = createFaults();
  const store = openStore({
    file: dataDir === null ? null : join(dataDir, 'stripe.jsonl'),
    apiVersion: ApiVersion,
    announces: webhook !== null,
    onEvent: (delivery) => sender.enqueue(delivery),
  });
  const sender = createWebhookSender({
    url: webhook?.url ?? null,
    sign: (body) => signatureHeaders(body, webhook?.secret ?? ''),
    faults,
    onSettled: (id, outcome, attempts) => store.settle({ id, outcome, attempts }),
  });
  let baseUrl = '';
  const calls: CallOptions = {
    store,
    faults,
    idempotency: createIdempotency(store.replies, idempotencyTtlMs),
    apiVersion: ApiVersion,
    authorizationSeconds,
    baseUrl: () => baseUrl,
    stopped: stopping.signal,
  };
  const contextFor = (transaction: Transaction): Context => ({
    store,
    transaction,
    authorizationSeconds,
    baseUrl,
    forcedOutcome: null,
  });

  const sandbox = {
    ledger: (filter: Parameters<SandboxControl['ledger']>[0]) => store.effects.list(filter),
    summary: () => summaryOf(store, sender.pending()),
    faults,
    balances: () => orderBalances(store),
    authenticate: (id: string, succeeds: boolean) => authenticate(id, succeeds, store, contextFor),
    expireAuthorization: (id: string) =>
      store.transact({ requestId: null, idempotencyKey: null }, (transaction) =>
        cancelIntent(intentNamed(id, store), 'automatic', contextFor(transaction)),
      ),
    forgetIdempotencyKeys: () => store.forgetReplies(),
  };

  const app = express().disable('x-powered-by').disable('etag');
  app.use(controlRoutes(sandbox));
  app.get('/sandbox/balances', (_request, response) => {
    response.json({ balances: sandbox.balances() });
  });
  app.delete('/sandbox/idempotency-keys', (_request, response) => {
    sandbox.forgetIdempotencyKeys();
    response.status(204).end();
  });
  app.post('/sandbox/payment_intents/:id/expire', ({ params }, response) => {
    response.json(sandbox.expireAuthorization(params.id));
  });
  app.use(authenticationRoutes(store, contextFor));
  app.use('/v1', express.text({ type: () => true, limit: maxBody }));
  for (const operation of operations) {
    app[operation.method](operation.path, (request, response) =>
      answerCall(operation, request, response, calls),
    );
  }
  app.use(({ method, path }, response) => {
    const message = `Unrecognized request URL (${method}: ${path}).`;
    response.status(404).json({ error: { type: 'invalid_request_error', message } });
  });
  app.use(controlErrors);

  const listening = await listen(app, host, port);
  baseUrl = listening.url;
  for (const delivery of store.undelivered()) sender.enqueue(delivery);
  return {
    ...sandbox,
    url: listening.url,
    port: listening.port,
    async close() {
      stopping.abort();
      sender.stop();
      await listening.close();
      store.close();
    },
  };
}
