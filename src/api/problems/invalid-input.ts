import { z } from 'zod';
import { maxInputErrors } from '../limits.ts';
import { Problem, type InputError } from './errors.ts';
import { pointerTo } from './pointer.ts';

/** Input by its schema, or what is wrong with it: one error for each thing. */
export function validate<S extends z.ZodType>(
  schema: S,
  input: unknown,
): { value: z.output<S> } | { errors: InputError[] } {
  const result = schema.safeParse(input, { error: detailOf });
  return result.success ? { value: result.data } : { errors: result.error.issues.flatMap(errorsOf) };
}

/** One answer that names them all. */
export function invalidInput(errors: readonly InputError[]): Problem {
  const count = errors.length === 1 ? 'One thing is' : `${errors.length} things are`;
  return new Problem('invalid-input', `${count} wrong with the input.`, {
    errors: errors.slice(0, maxInputErrors),
  });
}

function errorsOf(issue: z.core.$ZodIssue): InputError[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: pointerTo([...issue.path, key]),
      detail: 'is not a known member',
    }));
  }
  if (issue.code === 'invalid_key') {
    return issue.issues.map((inner) => ({
      pointer: pointerTo(issue.path),
      detail: `has a name that ${inner.message}`,
    }));
  }
  return [{ pointer: pointerTo(issue.path), detail: issue.message }];
}

/** What is wrong, in words that follow the member's name; a schema's own words come first. */
function detailOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${article(issue.expected)}`;
    case 'too_small':
      return `must ${amount(issue.origin)} at least ${issue.minimum} ${unitOf(issue.origin)}`.trimEnd();
    case 'too_big':
      return `must ${amount(issue.origin)} at most ${issue.maximum} ${unitOf(issue.origin)}`.trimEnd();
    case 'invalid_format':
      return `must be ${article(issue.format)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    default:
      return 'is not valid';
  }
}

const units: Readonly<Record<string, string>> = { string: 'characters', array: 'entries', object: 'members' };

function amount(origin: string): string {
  return origin in units ? 'have' : 'be';
}

function unitOf(origin: string): string {
  return units[origin] ?? '';
}

function article(noun: string): string {
  const name = nouns[noun] ?? noun;
  return `${/^[aeio]/.test(name) ? 'an' : 'a'} ${name}`;
}

const nouns: Readonly<Record<string, string>> = {
  int: 'whole number',
  record: 'object',
  email: 'e-mail address',
};
