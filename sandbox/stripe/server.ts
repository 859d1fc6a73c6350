import express from 'express';
import { join } from 'node:path';
import { controlErrors, controlRoutes, type SandboxControl } from '../shared/control-routes.ts';
import { createFaults } from '../shared/faults.ts';
import { listen } from '../shared/http-server.ts';
import { createWebhookSender } from '../shared/webhook-sender.ts';
import { ApiVersion } from './api-version.ts';
import { summaryOf } from './balances.ts';
import { answerCall, type CallOptions } from './call.ts';
import { commandRoutes } from './command-routes.ts';
import { createCommands, type StripeCommands } from './commands.ts';
import { createIdempotency } from './idempotency.ts';
import { operations } from './operations.ts';
import { signatureHeaders } from './signature.ts';
import { openStore } from './store.ts';

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
export interface StripeSandbox extends SandboxControl, StripeCommands {
  url: string;
  port: number;
  close(): Promise<void>;
}

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
  const world = { store, authorizationSeconds, baseUrl: () => baseUrl };
  const idempotency = createIdempotency(store.replies, idempotencyTtlMs);
  const control: SandboxControl = {
    ledger: (filter) => store.effects.list(filter),
    summary: () => summaryOf(store, sender.pending()),
    faults,
  };
  const commands = createCommands(world);

  const app = express().disable('x-powered-by').disable('etag');
  app.use(controlRoutes(control), commandRoutes(commands, store), controlErrors);
  app.use(apiRoutes({ ...world, faults, idempotency, stopped: stopping.signal }));

  const listening = await listen(app, host, port);
  baseUrl = listening.url;
  for (const delivery of store.undelivered()) sender.enqueue(delivery);
  return {
    ...control,
    ...commands,
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

function apiRoutes(calls: CallOptions): express.Router {
  const routes = express.Router();
  routes.use('/v1', express.text({ type: () => true, limit: maxBody }));
  for (const operation of operations) {
    routes[operation.method](operation.path, (request, response) =>
      answerCall(operation, request, response, calls),
    );
  }
  routes.use(({ method, path }, response) => {
    const message = `Unrecognized request URL (${method}: ${path}).`;
    response.status(404).json({ error: { type: 'invalid_request_error', message } });
  });
  return routes;
}
