import { z } from 'zod';
import { dayWords, isDay, isTimeZone } from '../../../domain/local-time.ts';

export const day = z
  .string()
  .refine(isDay, { error: dayWords, abort: true })
  .meta({ format: 'date', example: '2026-01-15' });

export const timeZone = z
  .string()
  .refine(isTimeZone, 'must be the name of a time zone, such as Europe/Berlin')
  .meta({ description: 'Whose days they are.', example: 'Europe/Berlin' });

export const mailTo = z
  .email()
  .max(254)
  .optional()
  .meta({ description: 'Who gets it by mail; the operators where nothing is said.' });
