import { z } from 'zod';
import { mainWarehouse } from '../../domain/order.ts';
import { isCountry } from '../country.ts';
import { line } from './text.ts';

export const orderId = z
  .uuid()
  .toLowerCase()
  .meta({ description: 'A UUIDv7.', example: '019aab1c-5b0e-7c7e-9d3e-0d6f3a5c1e42' });

export const sku = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'must be a SKU: 1 to 64 letters, digits, dots, underscores and hyphens, the first a letter or digit',
  )
  .meta({ example: 'MUG-WHITE' });

export const warehouse = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be the name of a warehouse')
  .meta({ example: mainWarehouse });

export const time = z.iso
  .datetime()
  .meta({ description: 'RFC 3339, UTC.', example: '2026-01-15T09:30:00.000Z' });

/** A time that a client asks about, as far as all know it who compute with it: Postgres has no year 0. */
export const askedTime = time.refine(
  (text) => text >= '1970' && text < '9999',
  'must be in one of the years 1970 to 9998',
);

/** The same in an order and in its answer. */
export const address = z
  .strictObject({
    name: line(200).meta({ example: 'Ada Lovelace' }),
    line1: line(200).meta({ example: '417 Montgomery Street' }),
    line2: line(200).optional(),
    city: line(100).meta({ example: 'San Francisco' }),
    postalCode: line(20).meta({ example: '94104' }),
    region: line(100).optional().meta({ example: 'CA' }),
    country: z
      .string()
      .refine(isCountry, 'must be a country of ISO 3166-1 in two capital letters, such as DE')
      .meta({ description: 'ISO 3166-1 alpha-2.', pattern: '^[A-Z]{2}$', example: 'US' }),
  })
  .meta({ id: 'Address' });

/** What a mail server takes (RFC 5321, 4.5.3.1): 64 characters before the @, 63 from dot to dot behind it, 254 in all. */
export const email = z
  .email({ error: 'must be an e-mail address', abort: true })
  .regex(/^[^@]{1,64}@(?:[^.@]{0,62}[^.@-]\.)+[^.@]{2,63}$/, {
    error: 'must be an e-mail address that a mail server takes',
    abort: true,
  })
  .max(254)
  .meta({ example: 'ada@example.com' });
