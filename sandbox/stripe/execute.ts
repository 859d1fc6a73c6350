import type { Fault } from '../shared/faults.ts';
import type { Reply } from '../shared/wire.ts';
import { internalError, StripeFailure } from './errors.ts';
import { checkExpand, expanded } from './expand.ts';
import { forcedDecline, refusal } from './fault-replies.ts';
import type { Form } from './form-body.ts';
import type { KeyedRequest } from './idempotency.ts';
import type { Operation, World } from './operation.ts';
import { failureReply, successReply } from './replies.ts';
import type { Transaction } from './store.ts';

/** One call, authenticated and read. */
export interface Call {
  operation: Operation;
  form: Form;
  id: string;
  requestId: string;
  /** Null without an idempotency key. */
  keyed: KeyedRequest | null;
}

/** Does the work, or what a fault puts in its place, and keeps the answer under the key: all in one write. */
export function execute(call: Call, fault: Fault | undefined, world: World): Reply {
  const { form, requestId, keyed } = call;
  const origin = { requestId, idempotencyKey: keyed?.key ?? null };
  return world.store.transact(origin, (transaction) => {
    let reply: Reply;
    let executed = true;
    try {
      reply = successReply(expanded(run(call, fault, transaction, world), form, world.store));
    } catch (error) {
      executed = !(error instanceof StripeFailure) || error.executed;
      reply = failureReply(error);
    }
    if (fault?.mode === 'error500_after') reply = failureReply(internalError());
    if (keyed && executed) {
      transaction.keepReply({ ...keyed, at: Date.now(), requestId, status: reply.status, body: reply.body });
    }
    return reply;
  });
}

function run(
  { operation, form, id }: Call,
  fault: Fault | undefined,
  transaction: Transaction,
  world: World,
): object {
  if (fault?.mode === 'error500') throw internalError();
  const confirms = operation.name === 'payment_intent.confirm' || form.confirm === 'true';
  const forcedOutcome = fault?.mode === 'refuse' && confirms ? forcedDecline(fault) : null;
  if (fault?.mode === 'refuse' && !forcedOutcome) throw refusal(fault);
  checkExpand(form);
  return operation.run(form, id, { ...world, transaction, forcedOutcome });
}
