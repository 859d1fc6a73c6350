import { z } from 'zod';
import { randomAlphanumeric } from '../shared/ids.ts';
import { resourceMissing } from './errors.ts';
import type { Form } from './form-body.ts';
import { nowSeconds, type Customer } from './objects.ts';
import type { Context, Operation } from './operation.ts';
import { expand, metadata, readParams, words } from './params.ts';

const params = z.strictObject({
  description: words.optional(),
  email: words.optional(),
  expand,
  metadata: metadata.default({}),
  name: words.optional(),
  phone: words.optional(),
});

/** POST /v1/customers */
const create: Operation = {
  method: 'post',
  path: '/v1/customers',
  name: 'customer.create',
  run(form: Form, _id: string, { transaction }: Context) {
    const given = readParams(params, form);
    const customer: Customer = {
      id: `cus_${randomAlphanumeric(14)}`,
      object: 'customer',
      address: null,
      balance: 0,
      created: nowSeconds(),
      currency: null,
      default_source: null,
      delinquent: false,
      description: given.description ?? null,
      discount: null,
      email: given.email ?? null,
      invoice_prefix: randomAlphanumeric(8).toUpperCase(),
      invoice_settings: {
        custom_fields: null,
        default_payment_method: null,
        footer: null,
        rendering_options: null,
      },
      livemode: false,
      metadata: given.metadata,
      name: given.name ?? null,
      phone: given.phone ?? null,
      preferred_locales: [],
      shipping: null,
      tax_exempt: 'none',
      test_clock: null,
    };
    transaction.put({ customers: customer });
    return customer;
  },
};

const retrieve: Operation = {
  method: 'get',
  path: '/v1/customers/:id',
  name: 'customer.retrieve',
  run(form: Form, id: string, { store }: Context) {
    readParams(z.strictObject({ expand }), form);
    const customer = store.customers.get(id);
    if (!customer) throw resourceMissing('customer', id, 'id', 404);
    return customer;
  },
};

export const customerOperations: Operation[] = [create, retrieve];
