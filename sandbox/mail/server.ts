import express from 'express';
import { join } from 'node:path';
import { controlErrors, controlRoutes, type SandboxControl } from '../shared/control-routes.ts';
import { createFaults } from '../shared/faults.ts';
import { listen } from '../shared/http-server.ts';
import { inboxRoutes } from './inbox.ts';
import { createSmtpServer } from './smtp.ts';
import { openMailStore, type Message, type MessageFilter } from './store.ts';

export interface MailSandboxOptions {
  /** Default 127.0.0.1. */
  host?: string;
  /** Default 0: a free one. */
  smtpPort?: number;
  /** Default 0: a free one. */
  inboxPort?: number;
  /** Where the ledger is kept; in memory only without it. */
  dataDir?: string | null;
}

/** A running mail server with its inbox. */
export interface MailSandbox extends SandboxControl {
  /** The inbox page. */
  url: string;
  smtpUrl: string;
  smtpPort: number;
  inboxPort: number;
  /** Newest first. */
  messages(filter?: MessageFilter): Message[];
  close(): Promise<void>;
}

/** Starts the mail server; rejects when one of its ports is taken. */
export async function startMailSandbox(options: MailSandboxOptions = {}): Promise<MailSandbox> {
  const { host = '127.0.0.1', smtpPort = 0, inboxPort = 0, dataDir = null } = options;
  const stopping = new AbortController();
  const faults = createFaults();
  const store = openMailStore(dataDir === null ? null : join(dataDir, 'mail.jsonl'));
  const control: SandboxControl = {
    ledger: (filter) => store.effects.list(filter),
    summary: () => store.summary(),
    faults,
  };
  const smtp = createSmtpServer({ store, faults, stopped: stopping.signal });
  const boundPort = await listenSmtp(smtp, host, smtpPort);
  const app = express().disable('x-powered-by').disable('etag');
  app.use(controlRoutes(control), inboxRoutes(store), controlErrors);
  const inbox = await listen(app, host, inboxPort);
  return {
    ...control,
    url: inbox.url,
    smtpUrl: `smtp://${host}:${boundPort}`,
    smtpPort: boundPort,
    inboxPort: inbox.port,
    messages: (filter) => store.list(filter),
    async close() {
      stopping.abort();
      await Promise.all([closeSmtp(smtp), inbox.close()]);
      store.close();
    },
  };
}

async function listenSmtp(
  smtp: ReturnType<typeof createSmtpServer>,
  host: string,
  port: number,
): Promise<number> {
  const listening = Promise.withResolvers<void>();
  smtp.once('error', listening.reject);
  smtp.listen(port, host, listening.resolve);
  await listening.promise;
  const address = smtp.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

async function closeSmtp(smtp: ReturnType<typeof createSmtpServer>): Promise<void> {
  const closed = Promise.withResolvers<void>();
  smtp.close(() => closed.resolve());
  await closed.promise;
}
