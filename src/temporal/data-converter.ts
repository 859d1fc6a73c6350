import { fileURLToPath } from 'node:url';
import type { DataConverter } from '@temporalio/common';
import { noPayloadKeys, type PayloadKeys } from '../config/payload-keys.ts';
import { createPayloadCodec } from './payload-codec.ts';

const pathOf = (file: string) => fileURLToPath(new URL(`../workflows/${file}`, import.meta.url));

const inClear = pathOf('failure-converter.ts');
const encoding = pathOf('encoding-failure-converter.ts');

/** The modules that write failures, one of which is in each bundle of workflows. */
export const failureConverterPaths: readonly string[] = [inClear, encoding];

/**
 * How workers and clients turn values into payloads, the same way in every process. With an active key everything is
 * encrypted, what failures say included; without one all is in clear text, and what is encrypted is read with the keys.
 */
export function createDataConverter(keys: PayloadKeys = noPayloadKeys): DataConverter {
  const failureConverterPath = keys.active === null ? inClear : encoding;
  return { failureConverterPath, payloadCodecs: [createPayloadCodec(keys)] };
}
