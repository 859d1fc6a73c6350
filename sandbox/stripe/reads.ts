import { z } from 'zod';
import { resourceMissing } from './errors.ts';
import type { Form } from './form-body.ts';
import { intentNamed } from './intent-object.ts';
import { listOf, listParams } from './lists.ts';
import type { Context, Operation } from './operation.ts';
import { expand, readParams, words } from './params.ts';
import { paymentMethodObject } from './payment-methods.ts';

const retrieveParams = z.strictObject({ expand, client_secret: words.optional() });

const retrieveIntent: Operation = {
  method: 'get',
  path: '/v1/payment_intents/:id',
  name: 'payment_intent.retrieve',
  run(form: Form, id: string, { store }: Context) {
    readParams(retrieveParams, form);
    return intentNamed(id, store);
  },
};

const listFilter = z.strictObject({ ...listParams, customer: words.optional() });

const listIntents: Operation = {
  method: 'get',
  path: '/v1/payment_intents',
  name: 'payment_intent.list',
  run(form: Form, _id: string, { store }: Context) {
    const { customer, ...page } = readParams(listFilter, form);
    const matches = (intent: { customer: string | null }) =>
      customer === undefined || intent.customer === customer;
    return listOf('/v1/payment_intents', store.intents, page, matches);
  },
};

const retrieveCharge: Operation = {
  method: 'get',
  path: '/v1/charges/:id',
  name: 'charge.retrieve',
  run(form: Form, id: string, { store }: Context) {
    readParams(retrieveParams, form);
    const charge = store.charges.get(id);
    if (!charge) throw resourceMissing('charge', id, 'id', 404);
    return charge;
  },
};

const chargeFilter = z.strictObject({
  ...listParams,
  customer: words.optional(),
  payment_intent: words.optional(),
});

const listCharges: Operation = {
  method: 'get',
  path: '/v1/charges',
  name: 'charge.list',
  run(form: Form, _id: string, { store }: Context) {
    const { customer, payment_intent: intent, ...page } = readParams(chargeFilter, form);
    return listOf('/v1/charges', store.charges, page, (charge) => {
      if (customer !== undefined && charge.customer !== customer) return false;
      return intent === undefined || charge.payment_intent === intent;
    });
  },
};

const retrievePaymentMethod: Operation = {
  method: 'get',
  path: '/v1/payment_methods/:id',
  name: 'payment_method.retrieve',
  run(form: Form, id: string, { store }: Context) {
    readParams(retrieveParams, form);
    const card = store.cards.get(id);
    if (!card) throw resourceMissing('PaymentMethod', id, 'payment_method', 404);
    return paymentMethodObject(card);
  },
};

export const readOperations: Operation[] = [
  retrieveIntent,
  listIntents,
  retrieveCharge,
  listCharges,
  retrievePaymentMethod,
];
