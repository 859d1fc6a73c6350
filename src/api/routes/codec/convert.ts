import type { Payload, PayloadCodec } from '@temporalio/common';
import type { z } from 'zod';
import { createPayloadCodec, UndecodablePayload } from '../../../temporal/payload-codec.ts';
import type { ApiContext } from '../../api-context.ts';
import { Problem, type InputError } from '../../problems/errors.ts';
import { invalidInput } from '../../problems/invalid-input.ts';
import type { payloads } from '../../schemas/payload.ts';

type Body = z.infer<typeof payloads>;

/** Encodes or decodes each payload. Throws a problem that names every one that cannot be, or `not-found` without keys. */
export async function convert(
  { settings }: ApiContext,
  direction: keyof PayloadCodec,
  body: Body,
): Promise<{ readonly status: 200; readonly body: Body }> {
  if (settings.payloadKeys.keys.size === 0)
    throw new Problem('not-found', 'This service has no keys for payloads: nothing is encrypted.');
  const codec = createPayloadCodec(settings.payloadKeys);
  const errors: InputError[] = [];
  const converted: Body['payloads'] = [];
  for (const [index, given] of body.payloads.entries()) {
    try {
      converted.push(...(await codec[direction]([fromJson(given)])).map(toJson));
    } catch (error) {
      if (!(error instanceof UndecodablePayload)) throw error;
      errors.push({ pointer: `#/payloads/${index}`, detail: error.message });
    }
  }
  if (errors.length > 0) throw invalidInput(errors);
  return { status: 200, body: { payloads: converted } };
}

function fromJson({ metadata = {}, data = '' }: Body['payloads'][number]): Payload {
  const fields = Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')]);
  return { metadata: Object.fromEntries(fields), data: Buffer.from(data, 'base64') };
}

function toJson({ metadata, data }: Payload): Body['payloads'][number] {
  const fields = Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)]);
  return { metadata: Object.fromEntries(fields), data: base64(data ?? new Uint8Array()) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
