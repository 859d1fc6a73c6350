import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Ports } from './ports.ts';
import type { PartSpec } from './supervisor/part-spec.ts';
import { answersHttp } from './supervisor/wait-for.ts';
import { warningIn } from './supervisor/warnings.ts';

const root = join(import.meta.dirname, '..');
const readyTimeoutMs = 30_000;
const ending = { signal: 'SIGTERM', timeoutMs: 5_000 } as const;

/** Secrets between the sandbox and the service, which protect nothing. */
const secrets = { stripe: 'whsec_sandbox', easypost: 'easypost_sandbox' };

/** What the service is told of the providers, and the stand-ins that have to run for that. */
export type Sandbox = { variables: Record<string, string>; specs: PartSpec[]; inboxUrl: string | undefined };

/**
 * A stand-in for each provider that the user has not set up: with `STRIPE_API_KEY`, `EASYPOST_API_KEY` or `SMTP_URL` in the
 * environment, the provider itself is used.
 */
export function sandbox(env: NodeJS.ProcessEnv, ports: Ports, directory: string): Sandbox {
  mkdirSync(directory, { recursive: true });
  const wanted = {
    stripe: !env['STRIPE_API_KEY'],
    easypost: !env['EASYPOST_API_KEY'],
    mail: !env['SMTP_URL'],
  };
  const specs = [
    ...(wanted.stripe ? [spec('stripe', env, ports.stripe, directory, stripeSide(ports))] : []),
    ...(wanted.easypost ? [spec('easypost', env, ports.easypost, directory, easypostSide(ports))] : []),
    ...(wanted.mail ? [spec('mail', env, ports.inbox, directory, mailSide(ports))] : []),
  ];
  const variables = {
    ...(wanted.stripe ? stripeAccount(ports) : {}),
    ...(wanted.easypost ? easypostAccount(ports) : {}),
    ...(wanted.mail ? { SMTP_URL: `smtp://127.0.0.1:${ports.smtp}` } : {}),
    FILES_URL: env['FILES_URL'] || pathToFileURL(join(directory, 'files')).href,
    MAIL_FROM: env['MAIL_FROM'] || 'Order Saga <orders@order-saga.example>',
  };
  return { variables, specs, inboxUrl: wanted.mail ? `http://localhost:${ports.inbox}` : undefined };
}

function stripeAccount(ports: Ports) {
  return {
    STRIPE_API_KEY: 'sk_test_sandbox',
    STRIPE_API_BASE: `http://127.0.0.1:${ports.stripe}`,
    STRIPE_WEBHOOK_SECRET: secrets.stripe,
  };
}

function easypostAccount(ports: Ports) {
  return {
    EASYPOST_API_KEY: 'EZTK_sandbox',
    EASYPOST_API_BASE: `http://127.0.0.1:${ports.easypost}/v2`,
    EASYPOST_WEBHOOK_SECRET: secrets.easypost,
  };
}

function stripeSide(ports: Ports) {
  return {
    STRIPE_SANDBOX_PORT: String(ports.stripe),
    STRIPE_WEBHOOK_URL: `http://127.0.0.1:${ports.api}/webhooks/stripe`,
    STRIPE_WEBHOOK_SECRET: secrets.stripe,
  };
}

function easypostSide(ports: Ports) {
  return {
    EASYPOST_SANDBOX_PORT: String(ports.easypost),
    EASYPOST_WEBHOOK_URL: `http://127.0.0.1:${ports.api}/webhooks/easypost`,
    EASYPOST_WEBHOOK_SECRET: secrets.easypost,
  };
}

function mailSide(ports: Ports) {
  return { MAIL_SMTP_PORT: String(ports.smtp), MAIL_INBOX_PORT: String(ports.inbox) };
}

function spec(
  name: 'stripe' | 'easypost' | 'mail',
  env: NodeJS.ProcessEnv,
  port: number,
  directory: string,
  side: Record<string, string>,
): PartSpec {
  return {
    name,
    stage: 3,
    command: process.execPath,
    args: [join(root, 'sandbox', name, 'main.ts')],
    env: { ...env, ...side, SANDBOX_DATA_DIR: directory },
    cwd: root,
    ready: () => answersHttp(`http://127.0.0.1:${port}/sandbox/health`),
    readyTimeoutMs,
    ending,
    surface: warningIn,
  };
}
