import { z } from 'zod';
import { invalidRequest, type StripeFailure } from './errors.ts';
import type { Form } from './form-body.ts';

/** Parameters as they come: every leaf is a string. */
export const integer = z
  .string()
  .regex(/^-?\d+$/, 'integer')
  .transform(Number);
export const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
/** An empty string unsets a value. */
export const words = z.string().max(5_000);
export const metadata = z.union([
  z.literal('').transform(() => ({})),
  z.record(z.string().max(40), z.string().max(500)),
]);
export const expand = z.array(z.string()).optional();

/** Reads the parameters of a call; throws the error that Stripe gives for the first one that is wrong. */
export function readParams<Schema extends z.ZodType>(schema: Schema, form: Form): z.output<Schema> {
  const parsed = schema.safeParse(form);
  if (parsed.success) return parsed.data;
  throw failureOf(parsed.error.issues[0], form);
}

/** Since 2026-09-30 (endive) an intent takes `allowed_payment_method_types` instead. */
export function refuseMethodTypes(form: Form): void {
  if (form.payment_method_types === undefined) return;
  throw invalidRequest('The payment_method_types parameter is no longer supported on this API version.', {
    code: 'payment_method_types_no_longer_supported',
    param: 'payment_method_types',
  });
}

function failureOf(issue: z.core.$ZodIssue | undefined, form: Form): StripeFailure {
  const path = issue?.path.map(String) ?? [];
  const param = bracketed(path);
  switch (issue?.code) {
    case 'unrecognized_keys': {
      const unknown = bracketed([...path, issue.keys[0] ?? '']);
      return invalidRequest(`Received unknown parameter: ${unknown}`, {
        code: 'parameter_unknown',
        param: unknown,
      });
    }
    case 'invalid_type':
      if (valueAt(form, path) === undefined) {
        return invalidRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
      }
      return invalidRequest(`Invalid ${param}`, { param });
    case 'invalid_format':
      return invalidRequest(`Invalid integer: ${String(valueAt(form, path))}`, {
        code: 'parameter_invalid_integer',
        param,
      });
    case 'invalid_value':
      return invalidRequest(`Invalid ${param}: must be one of ${issue.values.join(', ')}`, { param });
    default:
      return invalidRequest(`Invalid ${param}: ${issue?.message ?? 'not understood'}`, { param });
  }
}

function bracketed([first = '', ...rest]: string[]): string {
  return first + rest.map((segment) => `[${segment}]`).join('');
}

function valueAt(form: Form, path: string[]): unknown {
  return path.reduce<unknown>(
    (node, segment) => (typeof node === 'object' && node !== null ? Reflect.get(node, segment) : undefined),
    form,
  );
}
