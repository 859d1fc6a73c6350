import { z } from 'zod';

/** What a schema finds wrong, by members: `day: Invalid ISO date; mailTo: Invalid email address`. */
export function inputFaults({ issues }: z.ZodError): string {
  return issues.map(({ path, message }) => `${path.join('.') || 'the whole of it'}: ${message}`).join('; ');
}
