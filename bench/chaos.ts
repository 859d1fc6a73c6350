/**
 * `npm run chaos -- <scenario> … [--orders=200] [--seed=7]`: runs scenarios, or `all` of them, each on a constellation of
 * its own, and prints their figures. An option changes a number of a scenario's `full` edition. Ends with 1 when something
 * did not hold.
 */
import { parseArgs } from 'node:util';
import { messageOf } from '../dev/supervisor/errors.ts';
import { withNumbers } from './number-options.ts';
import { flashSale } from './scenarios/flash-sale.ts';
import { postgresKill } from './scenarios/postgres-kill.ts';
import { replyLost } from './scenarios/reply-lost.ts';
import { sameKey } from './scenarios/same-key.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { stripeDown } from './scenarios/stripe-down.ts';
import { temporalDown } from './scenarios/temporal-down.ts';
import { topology } from './scenarios/topology.ts';
import { workerKill } from './scenarios/worker-kill.ts';
import { withShop } from './shop/with-shop.ts';

const scenarios = {
  'worker-kill': runnable(workerKill),
  'temporal-down': runnable(temporalDown),
  'stripe-down': runnable(stripeDown),
  'reply-lost': runnable(replyLost),
  'flash-sale': runnable(flashSale),
  'same-key': runnable(sameKey),
  'postgres-kill': runnable(postgresKill),
  topology: runnable(topology),
} satisfies Record<string, () => Promise<void>>;

type Name = keyof typeof scenarios;
const names = Object.keys(scenarios).filter(isName);

const { positionals, values: options } = parseArgs({ allowPositionals: true, strict: false });
const asked = positionals.includes('all') ? names : positionals.filter(isName);
if (asked.length === 0 || asked.length < positionals.length) {
  console.error(`usage: npm run chaos -- ${names.join(' | ')} | all, with --number=value`);
  process.exit(2);
}
let failed = 0;
for (const name of asked) {
  console.log(`\n${name}`);
  try {
    await scenarios[name]();
    say('held');
  } catch (error) {
    failed += 1;
    say(`DID NOT HOLD: ${messageOf(error)}`);
    console.error(error);
  }
}
process.exit(failed === 0 ? 0 : 1);

function isName(name: string): name is Name {
  return Object.hasOwn(scenarios, name);
}

function runnable<Options extends object>({ shop, full, run }: Scenario<Options>): () => Promise<void> {
  return () =>
    withShop({ ...shop, say }, async (open) => void (await run(open, withNumbers(full, options), say)));
}

function say(line: string): void {
  console.log(`  ${line}`);
}
