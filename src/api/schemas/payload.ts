import { z } from 'zod';

const base64 = z
  .string()
  .refine((text) => Buffer.from(text, 'base64').toString('base64') === text, 'must be base64')
  .meta({ contentEncoding: 'base64' });

/** Newer servers may send more with a payload than is known here. */
const payload = z
  .looseObject({ metadata: z.record(z.string(), base64).optional(), data: base64.optional() })
  .meta({
    id: 'Payload',
    description: 'A payload of Temporal as protobuf writes it in JSON: bytes in base64.',
  });

/** What Temporal's remote codec protocol sends in both directions. */
export const payloads = z
  .strictObject({ payloads: z.array(payload) })
  .meta({ id: 'Payloads', description: 'The order is kept.' });

export const examplePlainPayloads = {
  payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'eyJ2ZXJzaW9uIjoxfQ==' }],
};

export const exampleEncryptedPayloads = {
  payloads: [
    {
      metadata: { encoding: 'YmluYXJ5L2VuY3J5cHRlZA==', 'encryption-key-id': 'MjAyNi0wMQ==' },
      data: 'H3rJ2mXG0Bq6nYkzcoZ1v7Q9bq5mZ4bqH1H2Jx3l0nWc4m9yqv8=',
    },
  ],
};
