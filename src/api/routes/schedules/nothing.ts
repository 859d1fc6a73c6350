import { z } from 'zod';

/** The body of a command that says it all by its path. */
export const nothing = z.strictObject({});
