import { plain } from '../report/range.ts';
import { total } from '../cpu/meter.ts';
import { inTurn } from '../sections/in-turn.ts';
import type { Outcome } from '../sections/section.ts';
import { restTimeoutMs } from '../sections/section.ts';
import { untilAllEnded } from '../shop/orders.ts';
import type { Shop } from '../shop/open-shop.ts';
import { historyTable } from './history.ts';
import { kinds } from './kinds.ts';
import { measure, type Figures } from './measure.ts';
import { ordersTable } from './orders.ts';
import { mostWorkers } from './service/subject.ts';
import type { JobSubject } from './subject.ts';
import { acceptTable, cpuTable, processTable, throughputTable, type Measured } from './tables.ts';

const workerCounts = [2, mostWorkers];

/** Jobs that each subject does before anything is counted. */
const warmUps = 500;

export interface Comparing {
  readonly jobs: number;
  readonly rounds: number;
  readonly say: (line: string) => void;
}

/** Measures the subjects in turn, with jobs of each kind and with each number of workers. */
export async function compareJobs(
  shop: Shop,
  subjects: readonly JobSubject[],
  { jobs, rounds, say }: Comparing,
): Promise<Outcome> {
  const all: Measured[] = [];
  for (const workers of workerCounts) {
    for (const subject of subjects) await subject.useWorkers(workers);
    for (const kind of kinds) {
      for (const subject of subjects) await measure(subject, kind, some(subject, Math.min(jobs, warmUps)));
      const figures = await inTurn(subjects, rounds, async (subject, round) => {
        const measured = await measure(subject, kind, some(subject, jobs));
        say(`${kind}, ${workers} workers, round ${round + 1}: ${told(subject, measured)}`);
        return measured;
      });
      for (const [{ name: subject }, own] of figures) all.push({ subject, kind, workers, rounds: own });
    }
  }
  const names = subjects.map(({ name }) => name);
  const tables = [acceptTable(names, all), throughputTable(names, all), cpuTable(names, all)];
  const [service] = subjects.filter(({ sends }) => !sends);
  if (service) {
    tables.push(await historyTable(shop), await ordersTable(shop, service, jobs, rounds));
    await untilAllEnded(shop, restTimeoutMs);
  }
  return {
    tables: [...tables, processTable(all)],
    notes: notesOn(jobs, rounds),
    figures: { jobs, rounds, measured: all },
  };
}

/** Its share of so many jobs. */
function some({ share }: JobSubject, jobs: number): number {
  return Math.ceil(jobs * share);
}

function told({ name }: JobSubject, { single, crowd, perSecond, cpuMs }: Figures): string {
  return `${name}: accepted in ${plain(single.p50)} ms, by many in ${plain(crowd.p50)} ms; ${plain(perSecond)} a second, ${plain(total(cpuMs))} ms of CPU a job`;
}

function notesOn(jobs: number, rounds: number): string[] {
  return [
    `min / median / max of ${rounds} rounds, each of ${jobs} jobs that are sent first and wait, and are let go then; of regular ones a tenth. A second: from then to the end of the last one. CPU: of all processes that do it, and of the sender too where the library is called directly; the service is sent jobs over HTTP by a client that does not count.`,
    'no-op does nothing; sql updates one row and inserts another, in one transaction, which the service commits together with the end of the job, while the others can repeat it. Short jobs that wait have their first attempts within the workflow task of a run that up to 20 of them share; a regular one has a run of its own, with an activity. Each worker process does 50 jobs at once; pg-boss takes 50 at a time, and the next 50 at once while there are as many, each settled by itself.',
    'Postgres waits for the disk at each commit, as Redis does with `appendfsync always`; with `everysec` a crash of the machine loses what was accepted within the last second or two. Both keep their log (`appendonly yes`, no snapshots). All of them keep what is done.',
  ];
}
