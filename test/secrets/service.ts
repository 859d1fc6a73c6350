import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import getPort from 'get-port';
import type { Pool } from 'pg';
import { expect, vi } from 'vitest';
import { startEasyPostSandbox, type EasyPostSandbox } from '../../sandbox/easypost/server.ts';
import { startMailSandbox, type MailSandbox } from '../../sandbox/mail/server.ts';
import { startStripeSandbox, type StripeSandbox } from '../../sandbox/stripe/server.ts';
import { loadConfig, type Config } from '../../src/config/config.ts';
import { addKey } from '../../src/db/api-keys.ts';
import { newSecret } from '../../src/domain/api-key.ts';
import { newId } from '../../src/domain/new-id.ts';
import { createTestDatabase } from '../support/database.ts';
import { connectToTemporal } from '../support/temporal.ts';
import { spawnNode } from '../worker/spawned.ts';
import { operatorPath, secrets, smtpLogin } from './canaries.ts';

/** An API and a worker as shipped, all of whose secrets are canaries. */
export interface CanaryService {
  readonly url: string;
  readonly config: Config;
  readonly pool: Pool;
  readonly stripe: StripeSandbox;
  readonly easypost: EasyPostSandbox;
  readonly mail: MailSandbox;
  /** Of a key that may do everything. */
  readonly apiKey: string;
  /** Everything that the processes have written so far. */
  output(): string;
  close(): Promise<void>;
}

const started = { timeout: 60_000 };

export async function startCanaryService(): Promise<CanaryService> {
  const [database, temporal, port, operators] = await Promise.all([
    createTestDatabase(),
    connectToTemporal('own'),
    getPort(),
    startRefusingServer(),
  ]);
  const url = `http://127.0.0.1:${port}`;
  const apiKey = await makeApiKey(database.pool);
  const [stripe, easypost, mail] = await Promise.all([
    startStripeSandbox({ webhook: { url: `${url}/webhooks/stripe`, secret: secrets.STRIPE_WEBHOOK_SECRET } }),
    startEasyPostSandbox({
      webhook: { url: `${url}/webhooks/easypost`, secret: secrets.EASYPOST_WEBHOOK_SECRET },
    }),
    startMailSandbox(),
  ]);
  const variables = {
    ...secrets,
    NODE_ENV: 'test',
    LOG_LEVEL: 'trace',
    PORT: String(port),
    METRICS_PORT: '0',
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    STRIPE_API_BASE: stripe.url,
    EASYPOST_API_BASE: easypost.apiUrl,
    SMTP_URL: `smtp://${smtpLogin.user}:${smtpLogin.password}@127.0.0.1:${mail.smtpPort}`,
    MAIL_FROM: 'The Shop <orders@shop.example>',
    OPERATOR_EMAIL: 'oncall@shop.example',
    OPERATOR_WEBHOOK_URL: `${operators.url}${operatorPath}`,
    PAYLOAD_ENCRYPTION_ACTIVE_KEY: 'k1',
    // An undo waits for what may still be under way for as long as this.
    PROVIDER_TIMEOUT_MS: '3000',
    ORDER_ATTEMPTS_BEFORE_ATTENTION: '2',
    RECONCILE_EVERY_MS: '2000',
    RECONCILE_QUIET_MS: '0',
  };
  const processes = ['src/worker/main.ts', 'src/api/main.ts'].map((file) => spawnNode(file, variables));
  try {
    await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), started);
  } catch (error) {
    for (const one of processes) one.kill('SIGKILL');
    throw new Error(`the service does not get ready: ${processes.map((one) => one.output()).join('\n')}`, {
      cause: error,
    });
  }
  return {
    url,
    config: loadConfig(variables),
    pool: database.pool,
    stripe,
    easypost,
    mail,
    apiKey,
    output: () => processes.map((one) => one.output()).join('\n'),
    async close() {
      for (const one of processes) one.kill('SIGTERM');
      await Promise.all(processes.map(({ ended }) => ended));
      await Promise.all([
        stripe.close(),
        easypost.close(),
        mail.close(),
        operators.close(),
        temporal.close(),
      ]);
      await database.drop();
    },
  };
}

async function makeApiKey(pool: Pool): Promise<string> {
  const secret = newSecret();
  const key = { id: newId(), name: 'storefront', requestsPerSecond: null } as const;
  await addKey(
    pool,
    { ...key, scopes: ['orders:read', 'orders:write', 'ops'], webhookSecret: 'whsec_none' },
    secret,
  );
  return secret.key;
}

/** The operators' webhook, which takes nothing and repeats all it was sent. */
async function startRefusingServer() {
  const server = createServer((request, response) => {
    response.writeHead(500);
    response.write(`${request.url} ${JSON.stringify(request.headers)} `);
    request.pipe(response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: async () => void server.close() };
}
