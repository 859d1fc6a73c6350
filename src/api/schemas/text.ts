import { z } from 'zod';

/** Spelt out instead of `\P{Cc}`, which few tools that read the document know. */
// oxlint-disable-next-line no-control-regex -- they are what it is about
const noControls = /^[^\u0000-\u001f\u007f-\u009f]*$/u;

/** Text of one line, without the white space around it; characters are counted, not their parts. */
export function line(maxCharacters: number) {
  return z
    .string()
    .trim()
    .regex(noControls, 'must be one line without control characters')
    .refine(...lengthBetween(1, maxCharacters))
    .meta({ minLength: 1, maxLength: maxCharacters });
}

/** Text of any number of lines. */
export function prose(maxCharacters: number) {
  return z
    .string()
    .trim()
    .refine(...lengthBetween(1, maxCharacters))
    .meta({ minLength: 1, maxLength: maxCharacters });
}

/** Text that is kept as it comes, even when it is empty. */
export function verbatim(maxCharacters: number) {
  return z
    .string()
    .refine(...lengthBetween(0, maxCharacters))
    .meta({ maxLength: maxCharacters });
}

function lengthBetween(min: number, max: number): [(text: string) => boolean, string] {
  const words = min === 0 ? `must have at most ${max} characters` : `must have ${min} to ${max} characters`;
  return [(text) => text.length >= min && (text.length <= max || Array.from(text).length <= max), words];
}
