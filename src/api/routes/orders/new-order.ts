import { z } from 'zod';
import { maxLineQuantity, maxMetadataCharacters, maxMetadataKeys, maxOrderLines } from '../../limits.ts';
import { address, email, sku } from '../../schemas/fields.ts';
import { line, verbatim } from '../../schemas/text.ts';

/** One line of a new order. */
export const orderLine = z.strictObject({
  sku,
  quantity: z.int().min(1).max(maxLineQuantity).meta({ example: 2 }),
});

/** The body of `POST /orders`. */
export const newOrder = z
  .strictObject({
    customer: z.strictObject({
      id: z
        .string()
        .regex(/^[!-?A-~]{1,100}$/, 'must be 1 to 100 visible ASCII characters without @')
        .optional()
        .meta({
          description:
            'The shop’s own; never an e-mail address, because the id is shown in the Temporal Web UI.',
        }),
      email,
      name: line(200).meta({ example: 'Ada Lovelace' }),
    }),
    items: z.array(orderLine).min(1).max(maxOrderLines).meta({ description: 'Each SKU once.' }),
    shippingAddress: address,
    paymentMethod: z
      .string()
      .regex(/^pm_[A-Za-z0-9_]{1,200}$/, 'must be the id of a payment method, such as pm_card_visa')
      .meta({ example: 'pm_card_visa' }),
    metadata: z
      .record(verbatim(maxMetadataCharacters), verbatim(maxMetadataCharacters))
      .refine(
        (all) => Object.keys(all).length <= maxMetadataKeys,
        `must have at most ${maxMetadataKeys} members`,
      )
      .optional()
      .meta({
        maxProperties: maxMetadataKeys,
        description: 'Kept with the order; the service takes no notice of it.',
      }),
  })
  .meta({ id: 'NewOrder' });

export type PlaceOrder = z.output<typeof newOrder>;
