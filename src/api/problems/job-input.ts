import { maxJobInputBytes } from '../../domain/job.ts';
import type { JobRules } from '../../domain/job-type.ts';
import type { InputError } from './errors.ts';
import { validate } from './invalid-input.ts';

/** What a type says of the `input` of a body; what is no object is for the body's own schema. */
export function jobInputErrors(type: Pick<JobRules, 'input'>, input: unknown): InputError[] {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return [];
  const read = validate(type.input, input);
  if ('errors' in read) {
    return read.errors.map(({ pointer, detail }) => ({ pointer: pointer.replace('#', '#/input'), detail }));
  }
  const bytes = Buffer.byteLength(JSON.stringify(read.value));
  if (bytes <= maxJobInputBytes) return [];
  const detail = `has ${bytes} bytes of JSON; at most ${maxJobInputBytes} are taken: put it into a file and give its id`;
  return [{ pointer: '#/input', detail }];
}
