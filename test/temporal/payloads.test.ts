import { Client, Connection } from '@temporalio/client';
import { ApplicationFailure, type LoadedDataConverter, type ProtoFailure } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import type { PayloadKeys } from '../../src/config/payload-keys.ts';
import { createDataConverter } from '../../src/temporal/data-converter.ts';
import { messageOfFailure, toPayloads } from '../../src/temporal/payloads.ts';

const keysOf = (id: string): PayloadKeys => ({ active: id, keys: new Map([[id, Buffer.alloc(32, id)]]) });
const converterOf = (keys?: PayloadKeys): LoadedDataConverter =>
  new Client({ connection: Connection.lazy(), dataConverter: createDataConverter(keys) }).options
    .loadedDataConverter;

const clear = converterOf();
const sealed = converterOf(keysOf('k1'));
const stranger = converterOf(keysOf('k2'));

/** What the SDK does with a failure on its way out. */
async function written(converter: LoadedDataConverter, error: Error): Promise<ProtoFailure> {
  const { failureConverter, payloadConverter, payloadCodecs } = converter;
  const failure = failureConverter.errorToFailure(error, payloadConverter);
  if (!failure.encodedAttributes) return failure;
  const [encodedAttributes] = (await payloadCodecs[0]?.encode([failure.encodedAttributes])) ?? [];
  return { ...failure, encodedAttributes: encodedAttributes ?? null };
}

describe('what a failure in Temporal says', () => {
  const failure = ApplicationFailure.create({ type: 'ProviderUnavailable', message: 'Stripe is away' });

  it('is read as it was told, encrypted or not', async () => {
    for (const converter of [clear, sealed])
      expect(await messageOfFailure(converter, await written(converter, failure))).toBe('Stripe is away');
    expect(await messageOfFailure(sealed, await written(clear, failure))).toBe('Stripe is away');
    expect(await messageOfFailure(clear, {})).toBeNull();
  });

  it('is the key that is missing, where it cannot be read', async () => {
    const told = await written(sealed, failure);
    for (const converter of [clear, stranger])
      expect(await messageOfFailure(converter, told)).toContain('encrypted with the key "k1"');
  });
});

it('arguments that are sent without the SDK are encrypted like all others', async () => {
  const [payload] = await toPayloads(sealed, [{ decision: 'retry' }]);
  expect(Buffer.from(payload?.metadata?.['encoding'] ?? []).toString()).toBe('binary/encrypted');
  expect(await toPayloads(clear, [])).toEqual([]);
});
