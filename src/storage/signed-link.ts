import { createHmac, timingSafeEqual } from 'node:crypto';
import type { LinkedFile } from './file-store.ts';
import { assertKey, isKey } from './key.ts';

/** What links are made with. */
export interface LinkConfig {
  /** The same in all processes. */
  readonly signingKey: Buffer;
  /** Where clients reach the API, without a slash at its end; empty for links that are paths only. */
  readonly baseUrl: string;
}

/** The link by which `GET /files/{token}` gives the file until then. */
export function linkTo(file: LinkedFile, expiresAt: Date, { signingKey, baseUrl }: LinkConfig): string {
  assertKey(file.key);
  return `${baseUrl}/files/${signLink(file, expiresAt, signingKey)}`;
}

/** What a link of ours turns out to be. */
export type ReadLink =
  | { readonly outcome: 'good'; readonly file: LinkedFile; readonly expiresAt: Date }
  | { readonly outcome: 'expired' }
  /** Made by somebody else, or changed. */
  | { readonly outcome: 'forged' };

/** Key, name, media type and the second at which it ends; all of it is under the signature. */
type Content = readonly [key: string, name: string, mediaType: string, expiresAtSeconds: number];

/** The last part of the path of a link: what it gives and until when, and the HMAC-SHA256 of that. */
export function signLink({ key, name, mediaType }: LinkedFile, expiresAt: Date, signingKey: Buffer): string {
  const content: Content = [key, name, mediaType, Math.floor(expiresAt.getTime() / 1_000)];
  const text = Buffer.from(JSON.stringify(content)).toString('base64url');
  return `${text}.${macOf(text, signingKey).toString('base64url')}`;
}

/** Reads what `signLink` has made. */
export function readLink(token: string, signingKey: Buffer, now: Date): ReadLink {
  const [text = '', mac = '', ...more] = token.split('.');
  const given = Buffer.from(mac, 'base64url');
  const expected = macOf(text, signingKey);
  if (more.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected))
    return { outcome: 'forged' };
  // Signed by us, hence of our shape.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const [key, name, mediaType, expires] = JSON.parse(Buffer.from(text, 'base64url').toString()) as Content;
  if (!isKey(key)) return { outcome: 'forged' };
  const expiresAt = new Date(expires * 1_000);
  if (expiresAt <= now) return { outcome: 'expired' };
  return { outcome: 'good', file: { key, name, mediaType }, expiresAt };
}

/** The purpose is under the signature too, so that the key could sign other things without confusion. */
function macOf(text: string, signingKey: Buffer): Buffer {
  return createHmac('sha256', signingKey).update(`order-saga file link\n${text}`).digest();
}
