import { z } from 'zod';

const blankIsAbsent = (value: unknown) => (value === '' ? undefined : value);
const optional = <T extends z.ZodType>(schema: T) => z.preprocess(blankIsAbsent, schema.optional());

const environment = z.object({
  SANDBOX_HOST: z.string().default('127.0.0.1'),
  SANDBOX_DATA_DIR: optional(z.string()),
  EASYPOST_SANDBOX_PORT: z.coerce.number().int().min(0).max(65_535).default(4020),
  EASYPOST_WEBHOOK_URL: optional(z.url()),
  EASYPOST_WEBHOOK_SECRET: z.string().min(1).default('easypost-sandbox'),
  SANDBOX_CARRIER_STEP_MS: z.coerce.number().int().min(0).default(1_500),
});

/** What `startEasyPostSandbox` takes, from the environment. */
export function configFromEnvironment(env: NodeJS.ProcessEnv) {
  const parsed = environment.parse(env);
  return {
    host: parsed.SANDBOX_HOST,
    port: parsed.EASYPOST_SANDBOX_PORT,
    dataDir: parsed.SANDBOX_DATA_DIR ?? null,
    webhook: parsed.EASYPOST_WEBHOOK_URL
      ? { url: parsed.EASYPOST_WEBHOOK_URL, secret: parsed.EASYPOST_WEBHOOK_SECRET }
      : null,
    carrierStepMs: parsed.SANDBOX_CARRIER_STEP_MS,
  };
}
