import { startCpuMeter, total, type CpuUse } from '../cpu/meter.ts';
import { plain, rangeOf, ratios, shown } from '../report/range.ts';
import type { Table } from '../report/table.ts';
import { idsOf, type Runner } from '../runners/runner.ts';
import { inTurn } from './in-turn.ts';
import { restTimeoutMs, type Section } from './section.ts';

const clients = 32;
const count = 300;
const warmUps = 60;

interface Figures {
  readonly perSecond: number;
  readonly confirmedPerSecond: number;
  /** Milliseconds of CPU for one order, by process. */
  readonly cpuMs: CpuUse;
}

/** Orders a second from the first call to the last end, and what one costs the machine meanwhile. */
export const throughput: Section = {
  title: 'Orders per second, and CPU per order',
  async run({ runners, rounds, say }) {
    const subjects = await runners();
    const [service, ...bare] = subjects;
    for (const runner of subjects) await measure(runner, warmUps);
    const figures = await inTurn(subjects, rounds, async (runner, round) => {
      const measured = await measure(runner, count);
      say(`round ${round + 1}: ${runner.name} ${plain(measured.perSecond)} a second`);
      return measured;
    });
    const each = (runner: Runner, of: (round: Figures) => number) => (figures.get(runner) ?? []).map(of);
    const cells = (of: (runner: Runner, value: (round: Figures) => number) => number[]) => (runner: Runner) =>
      values.map((value) => shown(rangeOf(of(runner, value)), plain));
    const values = [perSecond, confirmedPerSecond, cpuOf] as const;
    const own = cells(each);
    const beside = cells((base, value) => ratios(each(service, value), each(base, value)));
    return {
      tables: [
        {
          columns: ['', 'ended a second', 'confirmed a second', 'CPU an order, ms'],
          rows: [
            ...subjects.map((runner) => [runner.name, ...own(runner)]),
            ...bare.map((base) => [`${service.name} / ${base.name}`, ...beside(base)]),
          ],
        },
        cpuTable(subjects, figures),
      ],
      notes: [
        `${count} orders from ${clients} clients in each of ${rounds} rounds; min / median / max of the rounds. Counted from the first call to the last end, and to the last confirmation.`,
        'The service also talks to the stand-ins of Stripe, EasyPost and the mail server, takes their webhooks, sends two mails an order and keeps the sales figures. What the stand-ins use is counted in its CPU.',
      ],
      figures: Object.fromEntries(subjects.map((runner) => [runner.name, figures.get(runner)])),
    };
  },
};

const perSecond = (round: Figures) => round.perSecond;
const confirmedPerSecond = (round: Figures) => round.confirmedPerSecond;
const cpuOf = (round: Figures) => total(round.cpuMs);

/** Orders a second, for whoever has to know before going beyond. */
export async function capacityOf(runner: Runner): Promise<number> {
  return (await measure(runner, count)).perSecond;
}

async function measure(runner: Runner, orders: number): Promise<Figures> {
  const meter = startCpuMeter(runner.processes());
  const sending = await runner.send({ count: orders, clients });
  await runner.untilAtRest(restTimeoutMs);
  const used = { ...meter.stop(), ...(runner.sends && { starter: sending.cpuMs }) };
  const courses = [...(await runner.courses(idsOf(sending))).values()];
  const firstMs = Math.min(...sending.sent.map(({ atMs }) => atMs));
  const rate = (lastMs: number) => (orders * 1_000) / (lastMs - firstMs);
  return {
    perSecond: rate(Math.max(...courses.map(({ endedMs }) => endedMs))),
    confirmedPerSecond: rate(Math.max(...courses.map(({ confirmedMs }) => confirmedMs))),
    cpuMs: Object.fromEntries(Object.entries(used).map(([name, ms]) => [name, ms / orders])),
  };
}

function cpuTable(subjects: readonly Runner[], figures: ReadonlyMap<Runner, readonly Figures[]>): Table {
  const rows = subjects.flatMap((runner) => {
    const rounds = figures.get(runner) ?? [];
    const names = [...new Set(rounds.flatMap(({ cpuMs }) => Object.keys(cpuMs)))];
    return names.map((name) => {
      const used = rounds.map(({ cpuMs }) => cpuMs[name] ?? 0);
      return [`${runner.name}: ${name}`, shown(rangeOf(used), (ms) => ms.toFixed(1))];
    });
  });
  return { columns: ['process', 'CPU an order, ms'], rows };
}
