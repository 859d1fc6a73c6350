import { fileURLToPath } from 'node:url';
import type { DataConverter, PayloadCodec } from '@temporalio/common';

const failureConverterPath = fileURLToPath(new URL('../workflows/failure-converter.ts', import.meta.url));

/**
 * How workers and clients turn values into payloads. `codecs` is where encryption would go: the same ones, in the same
 * order, in every process.
 */
export function createDataConverter(codecs: readonly PayloadCodec[] = []): DataConverter {
  return { failureConverterPath, payloadCodecs: [...codecs] };
}
