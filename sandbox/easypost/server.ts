import express from 'express';
import { join } from 'node:path';
import { controlErrors, controlRoutes, type SandboxControl } from '../shared/control-routes.ts';
import { createFaults } from '../shared/faults.ts';
import { listen } from '../shared/http-server.ts';
import { createWebhookSender } from '../shared/webhook-sender.ts';
import { answerCall } from './call.ts';
import { createCarrier, type Carrier } from './carrier.ts';
import { carrierRoutes } from './control.ts';
import { operations } from './operations.ts';
import { signatureHeaders } from './signature.ts';
import { openStore } from './store.ts';
import { orderLabels, summaryOf, type OrderLabels } from './summary.ts';

export interface EasyPostSandboxOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: a free one. */
  port?: number;
  /** Where the ledger is kept; in memory only without it. */
  dataDir?: string | null;
  /** Where events go, and the secret they are signed with. */
  webhook?: { url: string; secret: string } | null;
  /** Milliseconds between two scans of a parcel; 0 (the default here) holds the carrier until it is moved by hand. */
  carrierStepMs?: number;
}

/** A running stand-in for EasyPost and its carriers. */
export interface EasyPostSandbox extends SandboxControl {
  url: string;
  /** The `baseUrl` of the official client. */
  apiUrl: string;
  port: number;
  carrier: Pick<Carrier, 'advance' | 'hold' | 'setStepMs'>;
  labels(): OrderLabels[];
  close(): Promise<void>;
}

const maxBody = '1mb';

/** Starts the stand-in; rejects when its port is taken. */
export async function startEasyPostSandbox(options: EasyPostSandboxOptions = {}): Promise<EasyPostSandbox> {
  const { host = '127.0.0.1', port = 0, dataDir = null, webhook = null, carrierStepMs = 0 } = options;
  const stopping = new AbortController();
  const faults = createFaults();
  const store = openStore({
    file: dataDir === null ? null : join(dataDir, 'easypost.jsonl'),
    webhookUrl: webhook?.url ?? null,
    onEvent: (delivery) => sender.enqueue(delivery),
    onKept: (objects) => carrier.watch(objects),
  });
  const sender = createWebhookSender({
    url: webhook?.url ?? null,
    sign: (body, url) => signatureHeaders(body, url, webhook?.secret ?? ''),
    faults,
    onSettled: (id, outcome, attempts) => store.settle({ id, outcome, attempts }),
  });
  const carrier = createCarrier(store, carrierStepMs);
  const control: SandboxControl = {
    ledger: (filter) => store.effects.list(filter),
    summary: () => summaryOf(store, sender.pending()),
    faults,
  };
  const labels = () => orderLabels(store);

  const app = express().disable('x-powered-by').disable('etag');
  app.use(controlRoutes(control), carrierRoutes(carrier, labels), controlErrors);
  app.use('/v2', express.json({ type: () => true, limit: maxBody }));
  for (const operation of operations) {
    app[operation.method](operation.path, (request, response) =>
      answerCall(operation, request, response, { store, carrier, faults, stopped: stopping.signal }),
    );
  }
  app.use((_request, response) => {
    const message = 'The requested resource could not be found.';
    response.status(404).json({ error: { code: 'NOT_FOUND', message, errors: [] } });
  });

  const listening = await listen(app, host, port);
  for (const delivery of store.undelivered()) sender.enqueue(delivery);
  carrier.start();
  return {
    ...control,
    url: listening.url,
    apiUrl: `${listening.url}/v2/`,
    port: listening.port,
    carrier,
    labels,
    async close() {
      stopping.abort();
      carrier.stop();
      sender.stop();
      await listening.close();
      store.close();
    },
  };
}
