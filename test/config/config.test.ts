import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { ConfigError } from '../../src/config/env.ts';
import { defaultOrderPolicy } from '../../src/domain/policies.ts';

const complete = {
  DATABASE_URL: 'postgres://shop:hunter2@db.internal/shop',
  STRIPE_API_KEY: 'sk_test_4eC39HqLyjWDarjtT1zdp7dc',
  STRIPE_WEBHOOK_SECRET: 'whsec_secret',
  EASYPOST_API_KEY: 'EZTKeasypost',
  EASYPOST_WEBHOOK_SECRET: 'easypost-secret',
  SMTP_URL: 'smtp://mailer:opensesame@mail.internal:587',
  MAIL_FROM: 'The Shop <orders@shop.example>',
};

function problemsOf(variables: NodeJS.ProcessEnv): readonly string[] {
  try {
    loadConfig(variables);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the configuration', () => {
  it('knows a folder and a bucket as places for files', () => {
    const placeOf = (url: string) => loadConfig({ ...complete, FILES_URL: url }).files.place;
    expect(placeOf('file:///srv/files')).toEqual({ kind: 'folder', root: '/srv/files' });
    expect(placeOf('s3://shop-files')).toEqual({ kind: 's3', bucket: 'shop-files', prefix: '' });
    expect(placeOf('s3://shop-files/a/b/')).toEqual({ kind: 's3', bucket: 'shop-files', prefix: 'a/b/' });
    expect(loadConfig(complete).files.place).toMatchObject({ kind: 'folder' });
  });

  it.each(['/srv/files', 'file:///', 'http://files', 's3:///a', 's3://A_B', 's3://files?region=x'])(
    'refuses %s as a place for files',
    (url) => {
      expect(problemsOf({ ...complete, FILES_URL: url })).toEqual([
        'FILES_URL must be file:///a/folder or s3://bucket/prefix',
      ]);
    },
  );

  it('asks in production for a place for files, and for a key that signs links', () => {
    const production = { ...complete, NODE_ENV: 'production' };
    expect(problemsOf(production)).toEqual([
      'FILES_URL must be set in production: a folder that all processes see, or a bucket',
    ]);
    expect(problemsOf({ ...production, FILES_URL: 'file:///srv/files' })).toEqual([
      'FILES_SIGNING_KEY must be set in production: it signs the links to files',
    ]);
    expect(problemsOf({ ...production, FILES_URL: 's3://files', FILES_SIGNING_KEY: 'k'.repeat(32) })).toEqual(
      [],
    );
    expect(problemsOf({ ...complete, FILES_SIGNING_KEY: 'short' })).toEqual([
      'FILES_SIGNING_KEY must have at least 32 characters',
    ]);
  });

  it('needs only what has no sensible default', () => {
    const config = loadConfig(complete);
    expect(config.http).toEqual({ host: '127.0.0.1', port: 3000, publicUrl: null });
    expect(config.temporal).toMatchObject({ address: 'localhost:7233', namespace: 'default' });
    expect(config.stripe.apiBase).toBeUndefined();
    expect(config.policy).toEqual(defaultOrderPolicy);
    expect(config.mail.domain).toBe('shop.example');
    expect(config.buildId).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('takes a variable that is set to nothing as not set', () => {
    expect(loadConfig({ ...complete, PORT: '', STRIPE_API_BASE: ' ' })).toMatchObject({
      http: { port: 3000 },
      stripe: { apiBase: undefined },
    });
    expect(problemsOf({ ...complete, STRIPE_API_KEY: '' })).toEqual(['STRIPE_API_KEY is not set']);
  });

  it('names every problem at once, in plain words', () => {
    const problems = problemsOf({
      PORT: '80.5',
      DATABASE_URL: 'mysql://db',
      LOG_LEVEL: 'loud',
      MAIL_FROM: 'nobody',
      SHIP_FROM_COUNTRY: 'Germany',
      STRIPE_API_BASE: 'localhost:4100',
      TEMPORAL_TLS_CLIENT_CERT_PATH: '/there/is/no/such.pem',
    });
    expect(problems).toEqual([
      'LOG_LEVEL must be trace, debug, info, warn, error or fatal',
      'PORT must be a whole number from 0 to 65535',
      'DATABASE_URL must be a URL that begins with postgres:// or postgresql://',
      'STRIPE_API_KEY is not set',
      'STRIPE_API_BASE must be a URL that begins with http:// or https://',
      'STRIPE_WEBHOOK_SECRET is not set',
      'EASYPOST_API_KEY is not set',
      'EASYPOST_WEBHOOK_SECRET is not set',
      'SMTP_URL is not set',
      'MAIL_FROM must be an e-mail address such as orders@shop.example or Shop <orders@shop.example>',
      'SHIP_FROM_COUNTRY must be a country code of two capital letters, such as DE',
      expect.stringMatching(/^TEMPORAL_\* cannot be used: .*no such file/),
    ]);
  });

  it.each([
    ['PORT', '-1'],
    ['PORT', '65536'],
    ['PORT', '0x50'],
    ['PORT', '1e3'],
    ['DATABASE_POOL_SIZE', '1'],
    ['ORDER_ATTEMPTS_BEFORE_ATTENTION', '0'],
    ['WORKER_WORKFLOW_THREADS', '999'],
    ['RELAY_IDLE_POLL_MS', '501'],
    ['SHUTDOWN_GRACE_MS', '99999999999999999999'],
  ])('refuses %s=%s, which is outside its limits', (name, value) => {
    expect(problemsOf({ ...complete, [name]: value })).toEqual([
      expect.stringMatching(new RegExp(`^${name} must be a whole number from \\d+ to \\d+$`)),
    ]);
  });

  it('refuses a delivery that may outlive its lease', () => {
    const problems = problemsOf({ ...complete, RELAY_LEASE_MS: '3000', RELAY_CALL_TIMEOUT_MS: '3000' });
    expect(problems).toEqual([expect.stringMatching(/^RELAY_CALL_TIMEOUT_MS must be below RELAY_LEASE_MS/)]);
  });

  it('drains in production, within the grace, and elsewhere only where it is told to', () => {
    const drainMs = (variables: NodeJS.ProcessEnv) =>
      loadConfig({ ...complete, ...variables }).shutdownDrainMs;
    const production = { NODE_ENV: 'production', FILES_URL: 's3://files', FILES_SIGNING_KEY: 'k'.repeat(32) };
    expect(drainMs({})).toBe(0);
    expect(drainMs({ SHUTDOWN_DRAIN_MS: '9999' })).toBe(9_999);
    expect(drainMs(production)).toBe(5_000);
    expect(drainMs({ ...production, SHUTDOWN_GRACE_MS: '4000' })).toBe(2_000);
    expect(drainMs({ ...production, SHUTDOWN_GRACE_MS: '0', SHUTDOWN_DRAIN_MS: '0' })).toBe(0);
    expect(problemsOf({ ...complete, SHUTDOWN_DRAIN_MS: '10000' })).toEqual([
      expect.stringMatching(/^SHUTDOWN_DRAIN_MS must be below SHUTDOWN_GRACE_MS/),
    ]);
  });

  it('takes the addresses and networks of proxies, and nothing that is none', () => {
    expect(loadConfig(complete).access).toEqual({ perKey: 500, perAddress: 100, trustedProxies: [] });
    expect(loadConfig({ ...complete, TRUSTED_PROXIES: '10.0.0.0/8, ::1' }).access.trustedProxies).toEqual([
      '10.0.0.0/8',
      '::1',
    ]);
    for (const TRUSTED_PROXIES of ['proxy', '10.0.0.0/33', '::/129', '10.0.0.1/8/8', '10.0.0.1,']) {
      expect(problemsOf({ ...complete, TRUSTED_PROXIES })).toEqual([
        expect.stringMatching(/^TRUSTED_PROXIES must be/),
      ]);
    }
  });

  it('never repeats a value, which may be a secret in the wrong place', () => {
    const problems = problemsOf({
      ...complete,
      PORT: 'hunter2',
      DATABASE_URL: 'hunter2',
      NODE_ENV: 'hunter2',
    });
    expect(problems).toHaveLength(3);
    expect(problems.join()).not.toContain('hunter2');
  });

  it('shows no secret however it is printed', () => {
    const config = loadConfig({ ...complete, TEMPORAL_API_KEY: 'temporal-api-key' });
    const printed = [
      JSON.stringify(config),
      inspect(config, { depth: 9, showHidden: true }),
      String(config.secrets.smtpUrl),
    ];
    const secrets = [
      ...Object.values(complete).filter((value) => value !== complete.MAIL_FROM),
      'temporal-api-key',
    ];
    for (const text of printed) for (const secret of secrets) expect(text).not.toContain(secret);
    expect(config.secrets.stripeApiKey.reveal()).toBe(complete.STRIPE_API_KEY);
  });

  it('takes an API key for Temporal, and TLS with it', () => {
    const { temporal } = loadConfig({
      ...complete,
      TEMPORAL_ADDRESS: 'eu-central-1.aws.api.temporal.io:7233',
      TEMPORAL_NAMESPACE: 'shop.a1b2c',
      TEMPORAL_API_KEY: 'temporal-api-key',
    });
    expect(temporal).toMatchObject({
      address: 'eu-central-1.aws.api.temporal.io:7233',
      namespace: 'shop.a1b2c',
    });
    expect(temporal.connection.reveal()).toMatchObject({ apiKey: 'temporal-api-key', tls: true });
  });
});
