import { lookup } from 'node:dns/promises';
import type { Config } from '../config/config.ts';
import { isLoopback } from './loopback.ts';

/**
 * There are no API keys, so everybody who reaches the API may do everything. Gives why it must not start like this, or
 * null: it may on this machine alone, and outside production.
 */
export async function whyNotWithoutKeys({
  environment,
  http,
}: Pick<Config, 'environment' | 'http'>): Promise<string | null> {
  if (environment === 'production') {
    return 'no API key is configured, and in production (NODE_ENV) the API does not start without one';
  }
  const addresses = await lookup(http.host, { all: true });
  if (addresses.every(({ address }) => isLoopback(address))) return null;
  return `no API key is configured, and without one the API listens on a loopback address only, which HOST=${http.host} is not`;
}
