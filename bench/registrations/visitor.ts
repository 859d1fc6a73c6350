import sharp from 'sharp';
import { newId } from '../../src/domain/new-id.ts';
import type { HttpClient } from '../shop/http-client.ts';

/** One registration as its client saw it. */
export interface Registered {
  readonly email: string;
  readonly status: number;
  /** Until the last byte of the answer. */
  readonly durationMs: number;
}

const boundary = 'registration';
const contentType = `multipart/form-data; boundary=${boundary}`;

/** A photo as telephones send it: four megapixels with noise, held upright. */
export async function avatar(): Promise<Buffer> {
  const noise = { type: 'gaussian', mean: 128, sigma: 20 } as const;
  return sharp({ create: { width: 2_304, height: 1_728, channels: 3, noise, background: '#000' } })
    .blur(2)
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 85 })
    .toBuffer();
}

/** Registers somebody new with a form. */
export async function register(http: HttpClient, picture: Buffer): Promise<Registered> {
  const email = `${newId()}@shop.example`;
  const field = (name: string, value: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const raw = Buffer.concat([
    Buffer.from(field('email', email) + field('name', 'Ada Lovelace')),
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="avatar"; filename="me.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`,
    ),
    picture,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  const { status, durationMs } = await http.call('POST', '/registrations', {
    raw,
    headers: { 'content-type': contentType },
  });
  return { email, status, durationMs };
}
