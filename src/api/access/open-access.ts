import { lookup } from 'node:dns/promises';
import type { Pool } from 'pg';
import type { Config } from '../../config/config.ts';
import { anyKey } from '../../db/api-keys.ts';
import { Failure } from '../../domain/failures.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { isLoopback } from './loopback.ts';

const remedy = 'make one with "npm run keys -- create <name> --scopes all"';

/**
 * While there is no API key, everybody who reaches the API may do everything. Gives why it must not start like this, or
 * null: it may on this machine alone, and outside production.
 */
export async function whyNotWithoutKeys({
  environment,
  http,
}: Pick<Config, 'environment' | 'http'>): Promise<string | null> {
  if (environment === 'production') {
    return `no API key is configured, and in production (NODE_ENV) the API does not start without one: ${remedy}`;
  }
  const addresses = await lookup(http.host, { all: true });
  if (addresses.every(({ address }) => isLoopback(address))) return null;
  return `no API key is configured, and without one the API listens on a loopback address only, which HOST=${http.host} is not: ${remedy}`;
}

/**
 * Whether there is an API key, or ever was one; undefined while Postgres does not answer. Then nothing is opened: until it
 * does, no request that needs a key is answered.
 */
export async function hasKeys(pool: Pool, logger: Logger): Promise<boolean | undefined> {
  try {
    return await anyKey(pool);
  } catch (error) {
    if (!(error instanceof Failure)) {
      throw new Error('the table of API keys cannot be read; is the database migrated (src/db/migrate.ts)?', {
        cause: error,
      });
    }
    logger.warn({ event: 'keysNotRead', err: error }, 'whether there is an API key cannot be looked up yet');
    return undefined;
  }
}
