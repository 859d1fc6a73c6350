import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sql from 'sql-template-tag';
import { execute } from '../../../src/db/pool.ts';
import type { Shop } from '../../shop/open-shop.ts';

/** What the server is told. */
export interface InRequestPlan {
  readonly databaseUrl: string;
  readonly smtpUrl: string;
  readonly mailFrom: string;
  readonly folder: string;
}

/** Starts the server that registers within the request, on the shop's Postgres and mail server. */
export async function startInRequest({ constellation, pool }: Shop) {
  // What is due later is only written down: a request can't wait for it.
  await execute(pool, sql`create table follow_ups (user_id uuid primary key, due_at timestamptz not null)`);
  const { SMTP_URL: smtpUrl = '', MAIL_FROM: mailFrom = '' } = constellation.variables;
  const folder = await mkdtemp(join(tmpdir(), 'order-saga-in-request-'));
  const plan: InRequestPlan = { databaseUrl: constellation.urls.database, smtpUrl, mailFrom, folder };
  const child = fork(join(import.meta.dirname, 'server.ts'), [JSON.stringify(plan)]);
  const { promise: listening, resolve, reject } = Promise.withResolvers<AddressInfo>();
  child.once('message', (address: AddressInfo) => resolve(address));
  child.once('exit', (code) => reject(new Error(`the server has ended with ${code}`)));
  const { port } = await listening;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      child.disconnect();
      await once(child, 'exit');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
