import { z } from 'zod';
import { cardFor } from './payment-methods.ts';
import { confirmationParams, confirmIntent } from './confirm-intent.ts';
import { invalidRequest, resourceMissing } from './errors.ts';
import type { Form } from './form-body.ts';
import { checkCharge } from './amounts.ts';
import { newIntent } from './intent-object.ts';
import type { Card, Intent } from './objects.ts';
import type { Context, Operation } from './operation.ts';
import { expand, flag, integer, metadata, readParams, refuseMethodTypes, words } from './params.ts';

const address = z.object({
  city: words,
  country: words,
  line1: words,
  line2: words,
  postal_code: words,
  state: words,
});

const params = z.strictObject({
  allowed_payment_method_types: z.array(z.string()).optional(),
  amount: integer,
  currency: z.string(),
  automatic_payment_methods: z
    .strictObject({ enabled: flag, allow_redirects: z.enum(['always', 'never']).optional() })
    .optional(),
  capture_method: z.enum(['automatic', 'automatic_async', 'manual']).default('automatic_async'),
  confirm: flag.default(false),
  confirmation_method: z.enum(['automatic', 'manual']).optional(),
  customer: words.optional(),
  description: words.optional(),
  expand,
  metadata: metadata.default({}),
  payment_method: words.optional(),
  payment_method_options: z.record(z.string(), z.unknown()).optional(),
  receipt_email: words.optional(),
  shipping: z
    .object({ address: address.partial(), name: words.optional(), phone: words.optional() })
    .optional(),
  statement_descriptor: words.optional(),
  statement_descriptor_suffix: words.optional(),
  transfer_group: words.optional(),
  ...confirmationParams,
});

type Params = z.output<typeof params>;

/** POST /v1/payment_intents */
export const createIntent: Operation = {
  method: 'post',
  path: '/v1/payment_intents',
  name: 'payment_intent.create',
  run(form: Form, _id: string, context: Context) {
    refuseMethodTypes(form);
    const given = readParams(params, form);
    checkMethods(given);
    checkCharge(given);
    if (given.customer && !context.store.customers.has(given.customer)) {
      throw resourceMissing('customer', given.customer, 'customer', 400);
    }
    if (!given.confirm) checkNotConfirming(given);
    const card = given.payment_method
      ? cardFor(given.payment_method, given.customer ?? null, context.store, context.transaction)
      : undefined;
    const intent = newIntent(startOf(given, card));
    context.transaction.put({ intents: intent });
    context.transaction.effect('payment_intent.created', intent, {
      amountMinor: intent.amount,
      currency: intent.currency,
    });
    context.transaction.event('payment_intent.created', intent);
    return given.confirm ? confirmIntent(intent, given, context, card) : intent;
  },
};

function startOf(given: Params, card: Card | undefined): Parameters<typeof newIntent>[0] {
  return {
    allowed_payment_method_types: given.allowed_payment_method_types ?? null,
    amount: given.amount,
    automatic_payment_methods: automaticMethods(given),
    capture_method: given.capture_method,
    currency: given.currency.toLowerCase(),
    customer: given.customer ?? null,
    description: given.description ?? null,
    metadata: given.metadata,
    payment_method: card?.id ?? null,
    payment_method_types: given.allowed_payment_method_types ?? ['card', 'link'],
    receipt_email: given.receipt_email ?? null,
    setup_future_usage: given.setup_future_usage ?? null,
    shipping: given.shipping ? shippingOf(given.shipping) : null,
    statement_descriptor: given.statement_descriptor ?? null,
    statement_descriptor_suffix: given.statement_descriptor_suffix ?? null,
    transfer_group: given.transfer_group ?? null,
  };
}

function shippingOf({ address: to, name, phone }: NonNullable<Params['shipping']>): Intent['shipping'] {
  return {
    address: {
      city: to.city ?? null,
      country: to.country ?? null,
      line1: to.line1 ?? null,
      line2: to.line2 ?? null,
      postal_code: to.postal_code ?? null,
      state: to.state ?? null,
    },
    carrier: null,
    name: name ?? '',
    phone: phone ?? null,
    tracking_number: null,
  };
}

/** Without `allowed_payment_method_types` the dashboard's methods are on, redirects included, as since 2023-08-16. */
function automaticMethods(given: Params): Intent['automatic_payment_methods'] {
  if (given.allowed_payment_method_types) return null;
  const { enabled = true, allow_redirects: redirects = 'always' } = given.automatic_payment_methods ?? {};
  return { enabled, allow_redirects: redirects };
}

function checkMethods(given: Params): void {
  if (!given.allowed_payment_method_types || !given.automatic_payment_methods) return;
  throw invalidRequest(
    'You may only specify one of these parameters: allowed_payment_method_types, automatic_payment_methods.',
    { code: 'parameters_exclusive', param: 'allowed_payment_method_types' },
  );
}

function checkNotConfirming(given: Params): void {
  for (const param of ['off_session', 'return_url', 'error_on_requires_action'] as const) {
    if (given[param] !== undefined) {
      throw invalidRequest(
        `The parameter \`${param}\` cannot be passed when creating a PaymentIntent unless \`confirm\` is set to true.`,
        { param },
      );
    }
  }
}
