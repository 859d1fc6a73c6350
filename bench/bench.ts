/**
 * `npm run bench [-- <section> … --rounds=3 --write --json=<file>]`: the service beside bare baselines on the same machine,
 * all of it or some sections. Prints tables, and writes the figures as JSON. `--write` puts both into bench/: the tables
 * into README.md, the figures into results.json.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBareTemporal, type BareTemporal } from './bare-temporal/bare.ts';
import { codeFacts, machineFacts } from './report/machine.ts';
import { committedResults, printed, writeResults, writeTables, type Results } from './report/results.ts';
import { bareRunner } from './runners/bare.ts';
import { serviceRunner } from './runners/service.ts';
import { accept } from './sections/accept.ts';
import { confirmed } from './sections/confirmed.ts';
import { history } from './sections/history.ts';
import { idle } from './sections/idle.ts';
import { overload } from './sections/overload.ts';
import { recovery } from './sections/recovery.ts';
import type { Bench, Section } from './sections/section.ts';
import { throughput } from './sections/throughput.ts';
import { verifyBooks } from './shop/books.ts';
import type { Shop } from './shop/open-shop.ts';
import { withShop } from './shop/with-shop.ts';

const sections: Readonly<Record<string, Section>> = {
  accept,
  confirmed,
  throughput,
  history,
  idle,
  recovery,
  overload,
};

/** What is measured is not how soon somebody is told to slow down, nor how long a parcel travels. */
const env = { SANDBOX_CARRIER_STEP_MS: '50', RATE_LIMIT_PER_ADDRESS: '1000000' };
const workers = 2;
const restTimeoutMs = 300_000;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
    json: { type: 'string', default: join(tmpdir(), 'order-saga-bench.json') },
  },
});
const rounds = Number(values.rounds);
const asked = positionals.length === 0 ? Object.keys(sections) : positionals;
if (!asked.every((name) => Object.hasOwn(sections, name)) || !(rounds >= 1)) {
  console.error(`usage: npm run bench -- [${Object.keys(sections).join(' | ')}] … [--rounds=3] [--write]`);
  process.exit(2);
}

const results: Results = {};
const say = (line: string) => console.log(`  ${line}`);
const isAlone = (name: string) => sections[name]?.alone === true;
const groups = [...asked.filter(isAlone).map((name) => [name]), asked.filter((name) => !isAlone(name))];
for (const names of groups) {
  if (names.length > 0) await withShop({ env, workers, say }, (shop) => measure(shop, names));
}
const file = values.write ? committedResults : values.json;
writeResults(file, results);
if (values.write) await writeTables(results);
say(`the figures are in ${file}`);
process.exit(0);

async function measure(shop: Shop, names: readonly string[]): Promise<void> {
  const bench = benchOn(shop);
  const facts = `${codeFacts()} · ${machineFacts(shop.constellation.descriptions)}`;
  for (const name of names) {
    const section = sections[name];
    if (!section) continue;
    console.log(`\n${section.title}`);
    const startedMs = performance.now();
    const outcome = await section.run(bench);
    const tookSeconds = Math.round((performance.now() - startedMs) / 1_000);
    results[name] = { title: section.title, facts, ...outcome };
    console.log(`\n${printed(results[name])}\n`);
    say(`took ${tookSeconds} s`);
  }
  if (!names.some(isAlone)) say((await verifyBooks(shop, restTimeoutMs)).summary);
  await bench.close();
}

function benchOn(shop: Shop): Bench & { close: () => Promise<void> } {
  let opening: Promise<Awaited<ReturnType<Bench['runners']>>> | undefined;
  let bare: BareTemporal | undefined;
  async function open() {
    bare = await openBareTemporal(shop, workers);
    const service = await serviceRunner(shop);
    return [service, bareRunner('regular', shop, bare), bareRunner('local', shop, bare)] as const;
  }
  return { shop, rounds, say, runners: () => (opening ??= open()), close: async () => bare?.close() };
}
