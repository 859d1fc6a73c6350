import { z } from 'zod';
import { createRefund } from './create-refund.ts';
import { resourceMissing } from './errors.ts';
import type { Form } from './form-body.ts';
import { listOf, listParams } from './lists.ts';
import type { Refund } from './objects.ts';
import type { Context, Operation } from './operation.ts';
import { readParams, words } from './params.ts';

const retrieve: Operation = {
  method: 'get',
  path: '/v1/refunds/:id',
  name: 'refund.retrieve',
  run(_form: Form, id: string, { store }: Context) {
    const refund = store.refunds.get(id);
    if (!refund) throw resourceMissing('refund', id, 'id', 404);
    return refund;
  },
};

const listFilter = z.strictObject({
  ...listParams,
  charge: words.optional(),
  payment_intent: words.optional(),
});

const list: Operation = {
  method: 'get',
  path: '/v1/refunds',
  name: 'refund.list',
  run(form: Form, _id: string, { store }: Context) {
    const { charge, payment_intent: intent, ...page } = readParams(listFilter, form);
    const matches = (refund: Refund) =>
      (charge === undefined || refund.charge === charge) &&
      (intent === undefined || refund.payment_intent === intent);
    return listOf('/v1/refunds', store.refunds, page, matches);
  },
};

export const refundOperations: Operation[] = [createRefund, retrieve, list];
