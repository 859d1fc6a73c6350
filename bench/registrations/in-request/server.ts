/** The process behind start.ts: an Express server that does everything within the request. */
import { once } from 'node:events';
import express from 'express';
import { createPool } from '../../../src/db/pool.ts';
import { createMailer } from '../../../src/providers/mail.ts';
import { createFolderStore } from '../../../src/storage/folder.ts';
import { readForm } from './form.ts';
import { registerAtOnce, type Parts } from './register.ts';
import type { InRequestPlan } from './start.ts';

const { databaseUrl, smtpUrl, mailFrom, folder }: InRequestPlan = JSON.parse(process.argv[2] ?? '');
process.once('disconnect', () => process.exit(0));

/** As the service's API has them. */
const limits = {
  maxConnections: 20,
  lockTimeoutMs: 2_000,
  statementTimeoutMs: 5_000,
  connectTimeoutMs: 5_000,
};

const parts: Parts = {
  pool: createPool({ url: databaseUrl, applicationName: 'in-request', ...limits }, () => undefined),
  objects: createFolderStore({ root: folder, signingKey: Buffer.from('none'), baseUrl: '' }),
  mailer: createMailer({ smtpUrl, from: mailFrom }),
  mailDomain: 'order-saga.example',
};

const app = express();
app.post('/registrations', async (request, response) => {
  try {
    response.status(201).json({ userId: await registerAtOnce(parts, await readForm(request)) });
  } catch (error) {
    response.status(503).json({ error: error instanceof Error ? error.message : 'unknown' });
  }
});

const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');
process.send?.(server.address());
