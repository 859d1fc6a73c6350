import { z } from 'zod';
import { maxAmountMinor } from '../../domain/money.ts';

const currencies = new Set(Intl.supportedValuesOf('currency'));

export const currency = z
  .string()
  .regex(/^[A-Z]{3}$/, 'must be a currency of ISO 4217 in capital letters, such as EUR')
  .meta({ description: 'ISO 4217.', example: 'EUR' });

const about = 'An amount in the smallest unit of its currency (cents for EUR).';

/** An amount as the service gives it. */
export const money = z
  .strictObject({ amountMinor: z.int().meta({ example: 4599 }), currency })
  .meta({ id: 'Money', description: about });

/** What one piece costs, as it is given to the service. */
export const price = z
  .strictObject({
    amountMinor: z.int().min(1).max(maxAmountMinor).meta({ example: 4599 }),
    currency: currency.refine((code) => currencies.has(code), 'is not a currency of ISO 4217'),
  })
  .meta({ id: 'Price', description: about });
