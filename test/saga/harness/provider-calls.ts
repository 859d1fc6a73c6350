import type { Entry } from './director.ts';

/** The sandbox that a call goes to, and the name that its faults have there. */
export interface Wire {
  readonly sandbox: 'stripe' | 'easypost' | 'mail';
  readonly operation: string;
  /** Whether the answer to it is stored under an idempotency key, a 500 included. */
  readonly keyed: boolean;
}

const stripe = (operation: string, keyed = true): Wire => ({ sandbox: 'stripe', operation, keyed });
const easypost = (operation: string): Wire => ({ sandbox: 'easypost', operation, keyed: false });

/** What each call of a provider looks like on the wire. */
const wires: Readonly<Record<string, Wire>> = {
  'payments.create': stripe('payment_intent.create'),
  'payments.confirm': stripe('payment_intent.confirm'),
  'payments.capture': stripe('payment_intent.capture'),
  'payments.cancel': stripe('payment_intent.cancel'),
  'payments.refund': stripe('refund.create'),
  'payments.retrieve': stripe('payment_intent.retrieve', false),
  'payments.findRefund': stripe('refund.list', false),
  'carriers.createShipment': easypost('shipment.create'),
  'carriers.buy': easypost('shipment.buy'),
  'carriers.refundLabel': easypost('shipment.refund'),
  'carriers.retrieveShipment': easypost('shipment.retrieve'),
  'mailer.send': { sandbox: 'mail', operation: 'mail.send', keyed: false },
};

/** A call as the recording has it, with its wire. A call that is new has to be named above first. */
export function providerCallsOf(recording: readonly Entry[]): { call: string; wire: Wire }[] {
  const calls = [...new Set(recording.filter(({ kind }) => kind === 'call').map(({ label }) => label))];
  return calls.map((call) => {
    const wire = wires[call];
    if (!wire) throw new Error(`${call} is no call that the providers' faults know`);
    return { call, wire };
  });
}
