/**
 * `npm run bench:jobs [-- <subject> … --jobs=10000 --rounds=3 --write --json=<file>]`: jobs of the service beside BullMQ's on Redis
 * and pg-boss's on the same Postgres, in one run. Subjects are `service`, `bullmq` and `pg-boss`. Prints tables, and writes the
 * figures as JSON; `--write` puts both into bench/, where all subjects have to be there.
 */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openSubjects, subjectNames, type SubjectName } from './jobs/subjects.ts';
import { compareJobs } from './jobs/compare.ts';
import { mostWorkers } from './jobs/service/subject.ts';
import { makeTables } from './jobs/sql-work.ts';
import { codeFacts, machineFacts } from './report/machine.ts';
import { committedResults, printed, writeResults, writeTables, type Results } from './report/results.ts';
import { withShop } from './shop/with-shop.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    jobs: { type: 'string', default: '10000' },
    rounds: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
    json: { type: 'string', default: join(tmpdir(), 'order-saga-bench-jobs.json') },
  },
});
const [jobs, rounds] = [Number(values.jobs), Number(values.rounds)];
const isSubject = (name: string): name is SubjectName => subjectNames.some((known) => known === name);
const asked = positionals.length === 0 ? subjectNames : positionals.filter(isSubject);
if (asked.length < positionals.length || !(jobs >= 100) || !(rounds >= 1)) {
  console.error(
    `usage: npm run bench:jobs -- [${subjectNames.join(' | ')}] … [--jobs=10000] [--rounds=3] [--write]`,
  );
  process.exit(2);
}

const say = (line: string) => console.log(`  ${line}`);
const options = {
  env: { RATE_LIMIT_PER_ADDRESS: '1000000', SANDBOX_CARRIER_STEP_MS: '50' },
  programs: { api: 'bench/jobs/api.ts', worker: 'bench/jobs/worker.ts' },
  workers: mostWorkers,
  say,
};
await withShop(options, async (shop) => {
  await makeTables(shop.constellation.urls.database);
  const opened = await openSubjects(shop, asked, say);
  const { subjects, versions } = opened;
  try {
    const outcome = await compareJobs(shop, subjects, { jobs, rounds, say });
    const facts = [codeFacts(), machineFacts(shop.constellation.descriptions), ...versions].join(' · ');
    const results: Results = { jobs: { title: 'Jobs', facts, ...outcome } };
    console.log(`\n${printed({ title: 'Jobs', facts, ...outcome })}\n\n${facts}\n`);
    const file = values.write ? committedResults : values.json;
    writeResults(file, results);
    if (values.write) await writeTables(results);
    say(`the figures are in ${file}`);
  } finally {
    await opened.close();
  }
});
process.exit(0);
