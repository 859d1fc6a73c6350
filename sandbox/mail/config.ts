import { z } from 'zod';

const blankIsAbsent = (value: unknown) => (value === '' ? undefined : value);
const port = z.coerce.number().int().min(0).max(65_535);

const environment = z.object({
  SANDBOX_HOST: z.string().default('127.0.0.1'),
  SANDBOX_DATA_DIR: z.preprocess(blankIsAbsent, z.string().optional()),
  MAIL_SMTP_PORT: port.default(1025),
  MAIL_INBOX_PORT: port.default(8025),
});

/** What `startMailSandbox` takes, from the environment. */
export function configFromEnvironment(env: NodeJS.ProcessEnv) {
  const parsed = environment.parse(env);
  return {
    host: parsed.SANDBOX_HOST,
    smtpPort: parsed.MAIL_SMTP_PORT,
    inboxPort: parsed.MAIL_INBOX_PORT,
    dataDir: parsed.SANDBOX_DATA_DIR ?? null,
  };
}
