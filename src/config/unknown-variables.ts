import { closest } from 'fastest-levenshtein';
import { envSchema } from './env.ts';

/** What variables of ours begin with, and hardly those of any other program; `MAIL_` and `STRIPE_` are others' too. */
const ownPrefixes = [
  'FILES_',
  'JOBS_',
  'OPERATOR_',
  'ORDER_',
  'OUTBOX_',
  'PAYLOAD_ENCRYPTION_',
  'RATE_LIMIT_',
  'RECONCILE_',
  'RELAY_',
  'SHIP_FROM_',
  'WEBHOOK_',
  'WORKER_',
];

/** A variable that is named like ours and that nothing reads. */
export interface UnknownVariable {
  readonly name: string;
  /** The variable whose name is most like it, and which may be meant. */
  readonly nearest: string;
}

const known = Object.keys(envSchema.shape);

export function unknownVariables(variables: NodeJS.ProcessEnv): UnknownVariable[] {
  return Object.entries(variables)
    .filter(([name, value]) => value?.trim() !== '' && isLikeOurs(name) && !known.includes(name))
    .map(([name]) => ({ name, nearest: closest(name, known) }));
}

const isLikeOurs = (name: string) => ownPrefixes.some((prefix) => name.startsWith(prefix));
