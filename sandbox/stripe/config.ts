import { z } from 'zod';

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);
const blankIsAbsent = (value: unknown) => (value === '' ? undefined : value);
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blankIsAbsent, schema.optional());

const environment = z.object({
  SANDBOX_HOST: z.string().default('127.0.0.1'),
  SANDBOX_DATA_DIR: optional(z.string()),
  STRIPE_SANDBOX_PORT: port(4010),
  STRIPE_WEBHOOK_URL: optional(z.url()),
  STRIPE_WEBHOOK_SECRET: z.string().min(1).default('whsec_sandbox'),
  STRIPE_IDEMPOTENCY_TTL_SECONDS: z.coerce
    .number()
    .positive()
    .default(24 * 60 * 60),
});

/** What `startStripeSandbox` takes, from the environment. */
export function configFromEnvironment(env: NodeJS.ProcessEnv) {
  const parsed = environment.parse(env);
  return {
    host: parsed.SANDBOX_HOST,
    port: parsed.STRIPE_SANDBOX_PORT,
    dataDir: parsed.SANDBOX_DATA_DIR ?? null,
    webhook: parsed.STRIPE_WEBHOOK_URL
      ? { url: parsed.STRIPE_WEBHOOK_URL, secret: parsed.STRIPE_WEBHOOK_SECRET }
      : null,
    idempotencyTtlMs: parsed.STRIPE_IDEMPOTENCY_TTL_SECONDS * 1000,
  };
}
