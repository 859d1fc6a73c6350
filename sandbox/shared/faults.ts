import { z } from 'zod';

/** What a fault does to a call of the provider's API. */
export const callModes = [
  'refuse', // The given error, without acting.
  'error500', // 500 without acting.
  'error500_after', // Acts, then 500.
  'hang', // No answer until the client gives up, without acting.
  'drop_request', // The connection breaks before anything is done.
  'drop_reply', // Acts, then the connection breaks.
  'delay', // Waits, then acts and answers.
  'delay_reply', // Acts at once, answers late.
  'late_land', // The connection breaks now (`hang: true`: stays silent), and the call acts later.
  'rate_limit', // 429 with Retry-After, without acting.
] as const;

/** What a fault does to a webhook, under the operation `webhook.<event type>`. */
export const webhookModes = ['twice', 'delayed', 'out_of_order', 'drop'] as const;

const maxDelayMs = 24 * 60 * 60 * 1000;

export const faultSchema = z.strictObject({
  /** An operation such as `payment_intent.confirm`, a group `payment_intent.*`, or `*` for every call. */
  operation: z.string().min(1),
  mode: z.enum([...callModes, ...webhookModes]),
  /** How many matching calls it strikes; until it is deleted with `always`. */
  times: z.union([z.int().min(1), z.literal('always')]).default(1),
  /** How many matching calls pass unharmed first. */
  skip: z.int().min(0).default(0),
  match: z
    .strictObject({ orderId: z.string(), id: z.string(), key: z.string(), to: z.string() })
    .partial()
    .default({}),
  /** For the modes that wait. */
  delayMs: z.int().min(0).max(maxDelayMs).default(1000),
  /** For `rate_limit`. */
  retryAfterSeconds: z.int().min(0).default(1),
  /** For `late_land`: stay silent instead of breaking the connection. */
  hang: z.boolean().default(false),
  /** For `refuse`: what the error says; each provider has its own default. */
  error: z
    .strictObject({
      status: z.int().min(400).max(599),
      type: z.string(),
      code: z.string(),
      declineCode: z.string(),
      message: z.string(),
    })
    .partial()
    .default({}),
});

/** A fault as asked for. */
export type FaultRequest = z.input<typeof faultSchema>;

/** A fault as it stands: `remaining` strikes left, `hits` calls struck so far. */
export interface Fault extends Omit<z.output<typeof faultSchema>, 'times'> {
  faultId: number;
  remaining: number | 'always';
  hits: number;
}

export type FaultMode = Fault['mode'];

/** What a fault may be matched by: the call's order, object, key or recipient. */
export interface Call {
  operation: string;
  orderId?: string | null;
  id?: string | null;
  key?: string | null;
  to?: string | null;
}

export interface Faults {
  /** Throws a ZodError when the request makes no sense. */
  add(request: FaultRequest): Fault;
  /** All of them, spent ones included, so that a test can wait until one has struck. */
  list(): Fault[];
  /** One of them, or all. */
  clear(faultId?: number): void;
  /** The first fault that strikes this call, among the given modes; it is used up by one. */
  take(call: Call, modes: readonly FaultMode[]): Fault | undefined;
}

export function createFaults(): Faults {
  let faults: Fault[] = [];
  let lastId = 0;
  return {
    add(request) {
      const { times, ...rest } = faultSchema.parse(request);
      const fault: Fault = { ...rest, faultId: ++lastId, remaining: times, hits: 0 };
      faults.push(fault);
      return fault;
    },
    list: () => faults.map((fault) => ({ ...fault })),
    clear: (faultId) => {
      faults = faultId === undefined ? [] : faults.filter((fault) => fault.faultId !== faultId);
    },
    take(call, modes) {
      const fault = faults.find(
        (one) => one.remaining !== 0 && modes.includes(one.mode) && strikes(one, call),
      );
      if (!fault) return undefined;
      if (fault.skip > 0) {
        fault.skip -= 1;
        return undefined;
      }
      fault.hits += 1;
      if (fault.remaining !== 'always') fault.remaining -= 1;
      return fault;
    },
  };
}

function strikes({ operation, match }: Fault, call: Call): boolean {
  return (
    matchesOperation(operation, call.operation) &&
    (match.orderId === undefined || match.orderId === call.orderId) &&
    (match.id === undefined || match.id === call.id) &&
    (match.key === undefined || match.key === call.key) &&
    (match.to === undefined || match.to.toLowerCase() === call.to?.toLowerCase())
  );
}

/** A bare `*` means every call of the API; webhooks are asked for by name. */
function matchesOperation(pattern: string, operation: string): boolean {
  if (pattern === '*') return !operation.startsWith('webhook.');
  if (pattern.endsWith('*')) return operation.startsWith(pattern.slice(0, -1));
  return pattern === operation;
}
