/**
 * What a log line never shows, by the name under which it comes, however deep. Capital letters make no difference.
 * Free text is gone through as well (domain/redact.ts), so that an address inside a message does not slip past.
 */
export const secretFields = [
  'authorization',
  'cookie',
  'set-cookie',
  'stripe-signature',
  'x-hmac-signature',
  'x-hmac-signature-v2',
  'password',
  'apiKey',
  'api_key',
  'secret',
  'webhookSecret',
  'clientSecret',
  'client_secret',
  'databaseUrl',
  'smtpUrl',
  'paymentMethod',
  'payment_method',
] as const;

export const personalFields = [
  'email',
  'customerEmail',
  'customer_email',
  'receipt_email',
  'customerName',
  'customer_name',
  'phone',
  'shippingAddress',
  'shipping_address',
  'address',
  'to_address',
  'line1',
  'line2',
  'street1',
  'street2',
  'postalCode',
  'postal_code',
  'zip',
] as const;

/** Too common a name to be hidden everywhere, so hidden only within its parent: `customer.name`. */
export const personalFieldsWithin: Readonly<Record<string, readonly string[]>> = { customer: ['name'] };

/** Where Postgres repeats in an error what it was given: `Failing row contains (…)`. */
export const rowFields = ['detail', 'where', 'hint', 'internalQuery'] as const;

export const redacted = '[redacted]';

const hidden = new Set([...secretFields, ...personalFields].map((name) => name.toLowerCase()));
const hiddenWithin = new Map(
  Object.entries(personalFieldsWithin).map(([parent, names]) => [parent.toLowerCase(), new Set(names)]),
);

/** An error without what repeats the row that it is about; the names of table, column and constraint stay. */
export function redactErrorFields(error: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const kept = Object.entries(error).filter(([name]) => !rowFields.some((field) => field === name));
  return redactFields(Object.fromEntries(kept));
}

/** Deeper than this an object is not a fact but a whole world (a socket, a client), and is left out. */
const deepest = 8;

/** A copy of the fields, fit to be logged. Errors are left to their serializer. */
export function redactFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return redactObject(fields, '', 1);
}

function redactObject(object: object, parent: string, depth: number): Record<string, unknown> {
  const within = hiddenWithin.get(parent.toLowerCase());
  const copy: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(object)) {
    const hide =
      value !== null && value !== undefined && (hidden.has(name.toLowerCase()) || within?.has(name));
    copy[name] = hide ? redacted : redactValue(value, name, depth);
  }
  return copy;
}

function redactValue(value: unknown, name: string, depth: number): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Error) return value;
  if ('toJSON' in value || ArrayBuffer.isView(value)) return value;
  if (depth >= deepest) return '[left out]';
  if (Array.isArray(value)) return value.map((item) => redactValue(item, name, depth + 1));
  return redactObject(value, name, depth + 1);
}
