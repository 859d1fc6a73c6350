import { defaultPayloadConverter, type Payload } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { PayloadKeys } from '../../src/config/payload-keys.ts';
import { createPayloadCodec } from '../../src/temporal/payload-codec.ts';

const key = (byte: number) => Buffer.alloc(32, byte);
const keysOf = (active: string | null, keys: Record<string, Buffer>): PayloadKeys => ({
  active,
  keys: new Map(Object.entries(keys)),
});
const value = { orderId: 'the-order-42', policy: { attempts: 10 } };
const plain = defaultPayloadConverter.toPayload(value);

const codec = createPayloadCodec(keysOf('k1', { k1: key(1) }));

async function encrypted(by = codec): Promise<Payload> {
  const [payload] = await by.encode([plain]);
  if (!payload) throw new Error('nothing was encoded');
  return payload;
}

async function decoded(payload: Payload, by = codec): Promise<unknown> {
  const [opened] = await by.decode([payload]);
  return opened && defaultPayloadConverter.fromPayload(opened);
}

const text = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('latin1');

describe('the payload codec', () => {
  it('gives back what it was given, with its metadata', async () => {
    const payload = await encrypted();
    expect(text(payload.metadata?.['encoding'])).toBe('binary/encrypted');
    expect(text(payload.metadata?.['encryption-key-id'])).toBe('k1');
    expect(`${text(payload.data)}${JSON.stringify(payload)}`).not.toMatch(/the-order-42|json/);
    const [opened] = await codec.decode([payload]);
    expect(Object.keys(opened?.metadata ?? {})).toEqual(['encoding']);
    expect(text(opened?.metadata?.['encoding'])).toBe('json/plain');
    expect(text(opened?.data)).toBe(text(plain.data));
    expect(await decoded(payload)).toEqual(value);
  });

  it('keeps payloads without data, many at once and none at all', async () => {
    const nothing = defaultPayloadConverter.toPayload(undefined);
    const payloads = await codec.encode([plain, nothing]);
    const values = (await codec.decode(payloads)).map((one) => defaultPayloadConverter.fromPayload(one));
    expect(values).toEqual([value, undefined]);
    expect(await codec.decode(await codec.encode([]))).toEqual([]);
  });

  it('never encrypts the same payload the same way twice', async () => {
    const payloads = await codec.encode(Array.from({ length: 100 }, () => plain));
    const nonces = payloads.map(({ data }) => text(data).slice(0, 12));
    expect(new Set(nonces).size).toBe(100);
    expect(new Set(payloads.map(({ data }) => text(data).slice(12, 28))).size).toBe(100);
  });

  it('refuses a payload of which any byte was changed, or cut off', async () => {
    const payload = await encrypted();
    const data = Buffer.from(payload.data ?? []);
    for (let at = 0; at < data.length; at += 1) {
      const changed = Buffer.from(data);
      changed[at] = changed[at]! ^ 1;
      await expect(codec.decode([{ ...payload, data: changed }])).rejects.toMatchObject({
        name: 'PayloadNotGenuine',
        message: expect.stringContaining('the key "k1"'),
      });
    }
    for (const length of [0, 5, 12, 27, 28, data.length - 1]) {
      await expect(codec.decode([{ ...payload, data: data.subarray(0, length) }])).rejects.toMatchObject({
        name: 'PayloadNotGenuine',
      });
    }
  });

  it('binds the key’s id, so that a payload cannot be passed off as one of another key', async () => {
    const both = createPayloadCodec(keysOf('k1', { k1: key(1), k2: key(1) }));
    const payload = await encrypted(both);
    const metadata = { ...payload.metadata, 'encryption-key-id': Buffer.from('k2') };
    await expect(both.decode([{ ...payload, metadata }])).rejects.toMatchObject({
      name: 'PayloadNotGenuine',
    });
  });

  it('reads what earlier keys encrypted, and encrypts with the active one', async () => {
    const old = await encrypted();
    const rotated = createPayloadCodec(keysOf('k2', { k1: key(1), k2: key(2) }));
    expect(await decoded(old, rotated)).toEqual(value);
    const fresh = await encrypted(rotated);
    expect(text(fresh.metadata?.['encryption-key-id'])).toBe('k2');
    await expect(codec.decode([fresh])).rejects.toMatchObject({
      name: 'PayloadKeyMissing',
      message: expect.stringContaining('the key "k2", which is not in PAYLOAD_ENCRYPTION_KEYS'),
    });
  });

  it('tells a key that was exchanged under its id', async () => {
    const other = createPayloadCodec(keysOf('k1', { k1: key(9) }));
    await expect(other.decode([await encrypted()])).rejects.toMatchObject({ name: 'PayloadNotGenuine' });
  });

  it('reads what was never encrypted', async () => {
    expect(await codec.decode([plain])).toEqual([plain]);
  });

  it('only reads where no key is active', async () => {
    const reader = createPayloadCodec(keysOf(null, { k1: key(1) }));
    expect(await reader.encode([plain])).toEqual([plain]);
    expect(await decoded(await encrypted(), reader)).toEqual(value);
    await expect(createPayloadCodec(keysOf(null, {})).decode([await encrypted()])).rejects.toMatchObject({
      name: 'PayloadKeyMissing',
    });
  });
});
