import { z } from 'zod';

/** The keys by which payloads in Temporal are encrypted. Without any, nothing is, and what is cannot be read. */
export interface PayloadKeys {
  /** The key that encrypts; null where nothing is encrypted any more, or not yet. */
  readonly active: string | null;
  /** Every key that decrypts, by its id. */
  readonly keys: ReadonlyMap<string, Buffer>;
}

export const noPayloadKeys: PayloadKeys = { active: null, keys: new Map() };

/** Of AES-256. */
const keyBytes = 32;

/** Shorter than any key in base64, so that a key in the place of an id is refused before it is shown. */
const idPattern = /^[A-Za-z0-9._-]{1,32}$/;

const idRule = '1 to 32 letters, digits, dots, dashes or underscores';

/** `PAYLOAD_ENCRYPTION_KEYS`: `id:key` with the key in base64, separated by commas. */
export function payloadKeys() {
  return z
    .string()
    .transform((value, context): ReadonlyMap<string, Buffer> => {
      const keys = new Map<string, Buffer>();
      for (const [index, entry] of value.split(',').entries()) {
        const read = readKey(entry.trim());
        const problem = typeof read === 'string' ? read : clash(keys, read);
        if (problem) context.addIssue({ code: 'custom', message: `entry ${index + 1} ${problem}` });
        else if (typeof read !== 'string') keys.set(read.id, read.key);
      }
      return keys;
    })
    .optional();
}

/** `PAYLOAD_ENCRYPTION_ACTIVE_KEY`. */
export function payloadKeyId() {
  return z.string().regex(idPattern, `must be the id of a key: ${idRule}`).optional();
}

/** Both variables together, for a program that needs no other configuration. Gives the keys, or every problem. */
export function readPayloadKeys(
  variables: NodeJS.ProcessEnv,
): { readonly keys: PayloadKeys } | { readonly problems: string[] } {
  const { PAYLOAD_ENCRYPTION_KEYS: keys, PAYLOAD_ENCRYPTION_ACTIVE_KEY: active } = variables;
  const read = z
    .object({ keys: payloadKeys(), active: payloadKeyId() })
    .safeParse({ keys: keys?.trim() || undefined, active: active?.trim() || undefined });
  if (!read.success) {
    const names = { keys: 'PAYLOAD_ENCRYPTION_KEYS', active: 'PAYLOAD_ENCRYPTION_ACTIVE_KEY' } as const;
    return {
      problems: read.error.issues.map(
        ({ path, message }) => `${names[path[0] === 'active' ? 'active' : 'keys']} ${message}`,
      ),
    };
  }
  const problem = activeKeyProblem(read.data.keys, read.data.active);
  if (problem !== null) return { problems: [problem] };
  return { keys: { active: read.data.active ?? null, keys: read.data.keys ?? noPayloadKeys.keys } };
}

/** Gives the key, or what is wrong with it. */
function readKey(entry: string): { id: string; key: Buffer } | string {
  const [id = '', encoded, ...rest] = entry.split(':');
  if (encoded === undefined || rest.length > 0) return 'must be an id and a key, as id:key';
  if (!idPattern.test(id)) return `must begin with an id of ${idRule}`;
  const key = Buffer.from(encoded, 'base64');
  if (key.toString('base64') !== encoded) return `(${id}) must have a key in base64`;
  if (key.length !== keyBytes) return `(${id}) must have a key of ${keyBytes} bytes, and has ${key.length}`;
  return { id, key };
}

/** What one key must not have in common with another one. */
function clash(keys: ReadonlyMap<string, Buffer>, { id, key }: { id: string; key: Buffer }): string | null {
  if (keys.has(id)) return `(${id}) has an id that an earlier entry has`;
  const same = [...keys].find(([, other]) => other.equals(key));
  return same ? `(${id}) has the same key as ${same[0]}` : null;
}

/** What is wrong between the two variables, each of which is right by itself. */
export function activeKeyProblem(
  keys: ReadonlyMap<string, Buffer> | undefined,
  active: string | undefined,
): string | null {
  if (active === undefined || keys?.has(active)) return null;
  const known = keys ? [...keys.keys()].join(', ') : 'none';
  return `PAYLOAD_ENCRYPTION_ACTIVE_KEY must be an id in PAYLOAD_ENCRYPTION_KEYS, which has ${known}`;
}
