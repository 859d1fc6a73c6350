/**
 * `npm run chaos -- <scenario> … [--orders=200] [--seed=7]`: runs scenarios, or `all` of them, each on a constellation of
 * its own, and prints their figures. An option changes a number of a scenario's `full` edition. Ends with 1 when something
 * did not hold.
 */
import { parseArgs } from 'node:util';
import { messageOf } from '../dev/supervisor/errors.ts';
import { flashSale } from './scenarios/flash-sale.ts';
import { postgresKill } from './scenarios/postgres-kill.ts';
import { replyLost } from './scenarios/reply-lost.ts';
import { sameKey } from './scenarios/same-key.ts';
import type { Scenario } from './scenarios/scenario.ts';
import { stripeDown } from './scenarios/stripe-down.ts';
import { temporalDown } from './scenarios/temporal-down.ts';
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
  return () => withShop({ ...shop, say }, async (open) => void (await run(open, changed(full), say)));
}

/** The full edition with the numbers that were asked for. */
function changed<Options extends object>(full: Options): Options {
  const numbers = Object.entries(options).map(([name, value]): [string, number] => {
    const number = typeof value === 'string' ? Number(value) : Number.NaN;
    if (typeof Reflect.get(full, name) !== 'number' || !Number.isSafeInteger(number))
      throw new Error(`--${name}=${String(value)} means nothing here; numbers are ${JSON.stringify(full)}`);
    return [name, number];
  });
  return { ...full, ...Object.fromEntries(numbers) };
}

function say(line: string): void {
  console.log(`  ${line}`);
}
