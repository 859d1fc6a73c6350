import { z } from 'zod';
import { isTimeZone } from '../../../domain/local-time.ts';

export const timeZone = z
  .string()
  .refine(isTimeZone, 'must be the name of a time zone, such as Europe/Berlin')
  .meta({ description: 'Whose days they are.', example: 'Europe/Berlin' });

export const mailTo = z
  .email()
  .max(254)
  .optional()
  .meta({ description: 'Who gets it by mail; the operators where nothing is said.' });
