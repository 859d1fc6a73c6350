import type { Pool } from 'pg';
import { keepAnew, listSecrets } from '../db/webhooks/secrets.ts';
import type { Sealer } from '../domain/sealing.ts';
import type { Logger } from '../telemetry/logger.ts';

/**
 * Has every secret that signs webhooks kept as the keys of today keep it, so that a payload key can be retired, or taken into
 * use, by starting the workers anew. One that cannot be opened stays as it is: webhooks that need it say so.
 */
export async function resealSecrets(pool: Pool, sealer: Sealer, logger: Logger): Promise<void> {
  for (const secret of await listSecrets(pool)) {
    const { owner, place, kept } = secret;
    if (sealer.isCurrent(kept)) continue;
    try {
      await keepAnew(pool, secret, sealer.seal(sealer.open(kept, owner), owner));
    } catch (error) {
      logger.error(
        { event: 'secretNotResealed', owner, place, err: error },
        'a webhook secret stays as it was kept',
      );
    }
  }
}
