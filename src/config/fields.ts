import { isIP } from 'node:net';
import { z } from 'zod';
import { isTimeZone } from '../domain/local-time.ts';

/**
 * The kinds of value that an environment variable can hold. Each problem is said in words that finish the sentence
 * `PORT …`, and never repeats the value, which may be a secret in the wrong place.
 */

export const missing = 'is not set';

export const text = () => z.string({ error: missing });

/** A whole number within limits; `fallback` where the variable is not set. */
export function whole(min: number, max: number, fallback: number) {
  const problem = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .refine((value) => /^\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= max, problem)
    .transform(Number)
    .default(fallback);
}

/** The same, absent where the variable is not set. */
export function maybe(min: number, max: number) {
  const problem = `must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .refine((value) => /^\d{1,15}$/.test(value) && Number(value) >= min && Number(value) <= max, problem)
    .transform(Number)
    .optional();
}

/** How often in a second, with up to three decimals; absent where the variable is not set. */
export function rate() {
  return z
    .string()
    .refine(
      (value) => /^\d{1,6}(\.\d{1,3})?$/.test(value) && Number(value) > 0,
      'must be a number above 0, with at most three decimals, such as 0.5 or 200',
    )
    .transform(Number)
    .optional();
}

/** Some of these names, with commas between them; all of them where the variable is not set. */
export function listOf<Name extends string>(names: readonly Name[], isName: (text: string) => text is Name) {
  const problem = `must be names with commas between them, each once, of ${names.join(', ')}`;
  return z
    .string()
    .transform((value) => value.split(',').map((name) => name.trim()))
    .refine((all) => all.every(isName) && new Set(all).size === all.length, problem)
    .transform((all) => all.filter(isName))
    .default([...names]);
}

export function oneOf<const T extends readonly [string, ...string[]]>(choices: T) {
  const listed = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`;
  return z.enum(choices, { error: `must be ${listed}` });
}

/** A URL of one of these schemes. */
export function url(...schemes: string[]) {
  const problem = `must be a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`;
  return text().refine((value) => schemes.includes(URL.parse(value)?.protocol.slice(0, -1) ?? ''), problem);
}

/** `https://shop.example/`, without the slashes at its end. */
export function baseUrl() {
  return url('http', 'https').transform((value) => value.replace(/\/+$/, ''));
}

/** Pauses in milliseconds, with commas between them: `5000,300000`. */
export function pauses(most: number, maxMs: number, fallback: readonly number[]) {
  return z
    .string()
    .transform((value): readonly number[] =>
      value.split(',').map((pause) => Number(pause.trim() || Number.NaN)),
    )
    .refine(
      (all) =>
        all.length <= most && all.every((pause) => Number.isInteger(pause) && pause >= 0 && pause <= maxMs),
      `must be up to ${most} whole numbers from 0 to ${maxMs}, with commas between them`,
    )
    .default(fallback);
}

/** Addresses and networks, with commas between them: `10.0.0.0/8,::1`; none where the variable is not set. */
export function networks() {
  return z
    .string()
    .transform((value) => value.split(',').map((network) => network.trim()))
    .refine(
      (all) => all.every(isNetwork),
      'must be IP addresses or networks such as 10.0.0.0/8, with commas between them',
    )
    .default([]);
}

function isNetwork(network: string): boolean {
  const [address = '', bits, ...more] = network.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** An address that mail can come from: `Shop <orders@shop.example>` or the bare address. */
export function mailbox() {
  return text().refine(
    (value) => /^(?:[^<>@]+ )?<?[^\s<>@]+@[^\s<>@]+>?$/.test(value),
    'must be an e-mail address such as orders@shop.example or Shop <orders@shop.example>',
  );
}

/** An IANA name; the clocks of the machine have no part in it. */
export function timeZone() {
  return z.string().refine(isTimeZone, 'must be the name of a time zone, such as Europe/Berlin or UTC');
}

export function countryCode() {
  return z.string().regex(/^[A-Z]{2}$/, 'must be a country code of two capital letters, such as DE');
}

/** A bare address. */
export function mailAddress() {
  return z.string().regex(/^[^\s<>@]+@[^\s<>@]+$/, 'must be an e-mail address such as oncall@shop.example');
}

/** As many characters as are worth guessing no more. */
const leastKeyCharacters = 32;

/** A key of our own that signs: any text that is long enough. */
export function signingKey() {
  return z
    .string()
    .refine(
      (value) => value.length >= leastKeyCharacters,
      `must have at least ${leastKeyCharacters} characters`,
    );
}

/** The bytes that a key of Standard Webhooks may have. */
const keyBytes = { min: 24, max: 64 };

/** A secret of Standard Webhooks: `whsec_` and the key in base64. */
export function webhookSecret() {
  return z.string().refine((value) => {
    const [, key] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value) ?? [];
    const bytes = key === undefined ? 0 : Buffer.from(key, 'base64').length;
    return bytes >= keyBytes.min && bytes <= keyBytes.max;
  }, `must be whsec_ and ${keyBytes.min} to ${keyBytes.max} bytes in base64`);
}
