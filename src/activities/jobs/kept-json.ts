import { refused } from '../../domain/failures.ts';
import { maxJobResultBytes } from '../../domain/job.ts';

/**
 * What a handler wants kept, as JSON. Throws a `JobPayloadTooLarge` failure beyond `maxJobResultBytes`, and an error that says so
 * for what JSON or Postgres has no room for.
 */
export function keptJson(what: 'result' | 'checkpoint', value: unknown): string {
  const text = jsonOf(what, value);
  if (unkeepable.test(text)) throw new Error(`the ${what} holds a NUL character or half a surrogate pair`);
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxJobResultBytes) return text;
  throw refused(
    'JobPayloadTooLarge',
    `The ${what} is ${bytes} bytes of JSON; at most ${maxJobResultBytes} are kept.`,
  );
}

/** As `JSON.stringify` writes them: it escapes no others that are above a space. */
const unkeepable = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;

function jsonOf(what: string, value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw new Error(`the ${what} cannot be written as JSON`, { cause: error });
  }
}
