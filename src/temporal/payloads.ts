import type { LoadedDataConverter, Payload, ProtoFailure } from '@temporalio/common';
import { UndecodablePayload } from './payload-codec.ts';

/** What the SDK does with arguments, for calls that are made without it. */
export async function toPayloads(
  { payloadConverter, payloadCodecs }: LoadedDataConverter,
  values: readonly unknown[],
): Promise<Payload[]> {
  let payloads = values.map((value) => payloadConverter.toPayload(value));
  for (const codec of payloadCodecs) payloads = await codec.encode(payloads);
  return payloads;
}

/** What a failure in Temporal says, be it encrypted; where it cannot be read, why. Null where it says nothing. */
export async function messageOfFailure(
  { payloadConverter, payloadCodecs }: LoadedDataConverter,
  { message, encodedAttributes }: ProtoFailure,
): Promise<string | null> {
  if (!encodedAttributes) return message || null;
  try {
    let payloads: Payload[] = [encodedAttributes];
    for (const codec of payloadCodecs.toReversed()) payloads = await codec.decode(payloads);
    const [payload] = payloads;
    const told = payload && payloadConverter.fromPayload<{ message?: unknown } | null>(payload);
    return typeof told?.message === 'string' ? told.message : null;
  } catch (error) {
    if (error instanceof UndecodablePayload) return error.message;
    throw error;
  }
}
