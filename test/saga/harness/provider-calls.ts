import type { Entry } from './director.ts';

/** The sandbox that a call goes to, and the name that its faults have there. */
export interface Wire {
  readonly sandbox: 'stripe' | 'easypost' | 'mail';
  readonly operation: string;
}

const stripe = (operation: string): Wire => ({ sandbox: 'stripe', operation });
const easypost = (operation: string): Wire => ({ sandbox: 'easypost', operation });

/** What each call of a provider looks like on the wire. */
const wires: Readonly<Record<string, Wire>> = {
  'payments.create': stripe('payment_intent.create'),
  'payments.confirm': stripe('payment_intent.confirm'),
  'payments.capture': stripe('payment_intent.capture'),
  'payments.cancel': stripe('payment_intent.cancel'),
  'payments.refund': stripe('refund.create'),
  'payments.retrieve': stripe('payment_intent.retrieve'),
  'payments.listRefunds': stripe('refund.list'),
  'carriers.createShipment': easypost('shipment.create'),
  'carriers.buy': easypost('shipment.buy'),
  'carriers.refundLabel': easypost('shipment.refund'),
  'carriers.retrieveShipment': easypost('shipment.retrieve'),
  // Lists are not about one order, so that no fault of one order strikes them.
  'payments.findByOrder': stripe('payment_intent.list'),
  'carriers.findByReference': easypost('shipment.list'),
  'mailer.send': { sandbox: 'mail', operation: 'mail.send' },
};

/** A call as a recording has it. */
export interface ProviderCall {
  readonly call: string;
  readonly activity: string;
  readonly wire: Wire;
}

/** The calls of a recording, each with its wire. A call that is new has to be named above first. */
export function providerCallsOf(recording: readonly Entry[]): ProviderCall[] {
  const calls = new Map<string, ProviderCall>();
  for (const { kind, label: call, activity } of recording) {
    if (kind !== 'call' || calls.has(call)) continue;
    const wire = wires[call.split(' ')[0] ?? ''];
    if (!wire) throw new Error(`${call} is no call that the providers' faults know`);
    calls.set(call, { call, activity, wire });
  }
  return [...calls.values()];
}
