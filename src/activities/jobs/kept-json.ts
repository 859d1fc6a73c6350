import { refused } from '../../domain/failures.ts';
import { maxJobResultBytes } from '../../domain/job.ts';
import { isStorable } from '../../domain/storable.ts';

/**
 * What a handler wants kept, as JSON. Throws a `JobPayloadTooLarge` failure beyond `maxJobResultBytes`, and an error that says so
 * for what JSON or Postgres has no room for.
 */
export function keptJson(what: 'result' | 'checkpoint', value: unknown): string {
  const { text, isSound } = jsonOf(what, value);
  if (!isSound) throw new Error(`the ${what} holds a NUL character or half a surrogate pair`);
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxJobResultBytes) return text;
  throw refused(
    'JobPayloadTooLarge',
    `The ${what} is ${bytes} bytes of JSON; at most ${maxJobResultBytes} are kept.`,
  );
}

/** With whether all that is text in it can be kept. */
function jsonOf(what: string, value: unknown): { readonly text: string; readonly isSound: boolean } {
  let isSound = true;
  const look = (name: string, member: unknown): unknown => {
    isSound &&= isStorable(name) && (typeof member !== 'string' || isStorable(member));
    return member;
  };
  try {
    return { text: JSON.stringify(value, look), isSound };
  } catch (error) {
    throw new Error(`the ${what} cannot be written as JSON`, { cause: error });
  }
}
