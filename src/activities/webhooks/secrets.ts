import type { Destination } from '../../db/webhooks/destinations.ts';
import { developmentWebhookSecret } from '../../domain/api-key.ts';
import type { Sealer } from '../../domain/sealing.ts';

/** What signs at a destination: its owner's secrets, the newest first. Throws a `Misconfigured` failure. */
export function secretsOf({ owner, secrets }: Destination, sealer: Sealer): readonly string[] {
  if (owner === null) return [developmentWebhookSecret];
  return secrets.map((kept) => sealer.open(kept, owner));
}
