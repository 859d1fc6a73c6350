import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import type { PayloadKeys } from '../config/payload-keys.ts';
import type { UndecodableKind } from '../domain/undecodable.ts';

const wire = proto.temporal.api.common.v1.Payload;

const cipher = 'aes-256-gcm';
/** Random for every payload: 96 bits bear 2^32 of them under one key (NIST SP 800-38D, 8.3). */
const nonceBytes = 12;
const tagBytes = 16;

/** The `encoding` under which an encrypted payload stands in a history. */
export const encryptedEncoding = 'binary/encrypted';
/** The other name in its metadata: which key opens it. */
const keyIdField = 'encryption-key-id';

/** A payload that cannot be read here. The message is for people and holds nothing of the payload. */
export abstract class UndecodablePayload extends Error {
  abstract override readonly name: UndecodableKind;
}

/** It is encrypted with a key that this process does not have. The SDK takes the class's name for the failure's type. */
export class PayloadKeyMissing extends UndecodablePayload {
  override readonly name = 'PayloadKeyMissing';
}

/** It was changed, or its key's id stands for another key here. */
export class PayloadNotGenuine extends UndecodablePayload {
  override readonly name = 'PayloadNotGenuine';
}

/**
 * Encrypts whole payloads, their metadata too, with AES-256-GCM: `data` becomes nonce, ciphertext and tag. Without an
 * active key payloads go out as they are. What was never encrypted is read as it is, so that older histories replay.
 * Throws UndecodablePayload.
 */
export function createPayloadCodec({ active, keys }: PayloadKeys): PayloadCodec {
  const key = active === null ? undefined : keys.get(active);
  return {
    async encode(payloads) {
      if (active === null || !key) return payloads;
      return payloads.map((payload) => encrypt(payload, active, key));
    },
    async decode(payloads) {
      return payloads.map((payload) => (isEncrypted(payload) ? decrypt(payload, keys) : payload));
    },
  };
}

function encrypt(payload: Payload, keyId: string, key: Buffer): Payload {
  const nonce = randomBytes(nonceBytes);
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength: tagBytes });
  sealing.setAAD(authenticated(keyId));
  const sealed = [sealing.update(wire.encode(payload).finish()), sealing.final()];
  return {
    metadata: { encoding: Buffer.from(encryptedEncoding), [keyIdField]: Buffer.from(keyId) },
    data: Buffer.concat([nonce, ...sealed, sealing.getAuthTag()]),
  };
}

function decrypt({ metadata, data }: Payload, keys: PayloadKeys['keys']): Payload {
  const keyId = Buffer.from(metadata?.[keyIdField] ?? []).toString();
  const key = keys.get(keyId);
  if (!key)
    throw new PayloadKeyMissing(
      `a payload is encrypted with the key ${JSON.stringify(keyId)}, which is not in PAYLOAD_ENCRYPTION_KEYS`,
    );
  const bytes = Buffer.from(data ?? []);
  try {
    const opening = createDecipheriv(cipher, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
    opening.setAAD(authenticated(keyId));
    opening.setAuthTag(bytes.subarray(-tagBytes));
    const opened = [opening.update(bytes.subarray(nonceBytes, -tagBytes)), opening.final()];
    const payload = wire.decode(Buffer.concat(opened));
    return { metadata: payload.metadata, data: payload.data };
  } catch (cause) {
    throw new PayloadNotGenuine(
      `a payload was changed after it was encrypted with the key ${JSON.stringify(keyId)}, or that is another key here`,
      { cause },
    );
  }
}

/** What the tag vouches for beside the ciphertext: under which key, and as what, it was written. */
function authenticated(keyId: string): Buffer {
  return Buffer.from(`${encryptedEncoding} ${keyId}`);
}

function isEncrypted({ metadata }: Payload): boolean {
  return Buffer.from(metadata?.['encoding'] ?? []).toString() === encryptedEncoding;
}
