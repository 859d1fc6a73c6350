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
    .map(([name]) => ({ name, nearest: nearestTo(name) }));
}

const isLikeOurs = (name: string) => ownPrefixes.some((prefix) => name.startsWith(prefix));

function nearestTo(name: string): string {
  return known.reduce((best, other) => (distance(name, other) < distance(name, best) ? other : best));
}

/** Levenshtein's: how many characters have to be put in, left out or replaced. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [above, letter] of Array.from(from).entries()) {
    const next = [above + 1];
    for (const [left, other] of Array.from(to).entries()) {
      const replaced = (row[left] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[left + 1] ?? 0) + 1, (next[left] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
