import { Secret } from '../../src/config/secrets.ts';
import type { TemporalProfile } from '../../src/config/temporal-profile.ts';

export function temporalAt(address: string): TemporalProfile {
  return { address, namespace: 'default', connection: new Secret({ address }) };
}

/** No server listens on the first port. */
export const nowhereTemporal = temporalAt('127.0.0.1:1');
