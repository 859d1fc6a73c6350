import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Failure } from './failures.ts';

/** The keys by which secrets are kept; the same ones that encrypt payloads. */
export interface SealingKeys {
  /** The one that seals; null where secrets are kept as they are. */
  readonly active: string | null;
  /** Every one that opens, by its id: 32 bytes each. */
  readonly keys: ReadonlyMap<string, Buffer>;
}

/** Keeps secrets that have to be used again, and so cannot be kept as hashes. */
export interface Sealer {
  /** The secret as it is kept for `owner`; as it is, where there is no active key. */
  seal(secret: string, owner: string): string;
  /** The secret again. Throws a `Misconfigured` failure where its key is missing or it was sealed for somebody else. */
  open(kept: string, owner: string): string;
  /** Whether it is kept as the keys of today would keep it. */
  isCurrent(kept: string): boolean;
}

const cipher = 'aes-256-gcm';
/** Random each time: 96 bits bear 2^32 secrets under one key (NIST SP 800-38D, 8.3). */
const nonceBytes = 12;
const tagBytes = 16;

/** `sealed:`, the key's id, and nonce, ciphertext and tag in base64url. */
const format = /^sealed:([A-Za-z0-9._-]{1,32}):([A-Za-z0-9_-]+)$/;

export function createSealer({ active, keys }: SealingKeys): Sealer {
  const key = active === null ? undefined : keys.get(active);
  return {
    seal(secret, owner) {
      if (active === null || key === undefined) return secret;
      const nonce = randomBytes(nonceBytes);
      const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes });
      sealing.setAAD(vouchedFor(active, owner));
      const parts = [nonce, sealing.update(secret, 'utf8'), sealing.final(), sealing.getAuthTag()];
      return `sealed:${active}:${Buffer.concat(parts).toString('base64url')}`;
    },
    open(kept, owner) {
      const [, keyId, text] = format.exec(kept) ?? [];
      if (keyId === undefined || text === undefined) return kept;
      const itsKey = keys.get(keyId);
      if (!itsKey)
        throw unreadable(`is sealed with the key "${keyId}", which is not in PAYLOAD_ENCRYPTION_KEYS`);
      try {
        return opened(Buffer.from(text, 'base64url'), itsKey, vouchedFor(keyId, owner));
      } catch (cause) {
        throw unreadable(`was changed, or the key "${keyId}" is another one here`, cause);
      }
    },
    isCurrent: (kept) => (format.exec(kept)?.[1] ?? null) === active,
  };
}

function opened(bytes: Buffer, key: Buffer, additional: Buffer): string {
  const opening = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  opening.setAAD(additional);
  opening.setAuthTag(bytes.subarray(-tagBytes));
  return Buffer.concat([opening.update(bytes.subarray(nonceBytes, -tagBytes)), opening.final()]).toString();
}

/** What the tag vouches for beside the secret: under which key, and for whom. */
function vouchedFor(keyId: string, owner: string): Buffer {
  return Buffer.from(`secret ${keyId} ${owner}`);
}

function unreadable(why: string, cause?: unknown): Failure {
  return new Failure('Misconfigured', `a secret ${why}`, { cause });
}
