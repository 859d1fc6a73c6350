import { plain, rangeOf, ratios, shown } from '../report/range.ts';
import { idsOf, type Runner } from '../runners/runner.ts';
import { duration, quantile } from '../shop/figures.ts';
import { inTurn } from './in-turn.ts';
import { restTimeoutMs, type Section } from './section.ts';

const perSecond = 5;
const count = 60;
const warmUps = 40;

interface Figures {
  readonly acceptP50: number;
  readonly acceptP99: number;
  readonly confirmedP50: number;
  readonly confirmedP99: number;
}

/** How long it takes from the call to `confirmed`, the third of six steps, when the machine is not busy. */
export const confirmed: Section = {
  title: 'Time to confirmed',
  async run({ runners, rounds, say }) {
    const subjects = await runners();
    const [service, ...bare] = subjects;
    for (const runner of subjects) await measure(runner, warmUps);
    const figures = await inTurn(subjects, rounds, async (runner, round) => {
      const measured = await measure(runner, count);
      say(`round ${round + 1}: ${runner.name} ${duration(measured.confirmedP50)}`);
      return measured;
    });
    const each = (runner: Runner, key: keyof Figures) =>
      (figures.get(runner) ?? []).map((round) => round[key]);
    const range = (runner: Runner, key: keyof Figures) => shown(rangeOf(each(runner, key)), duration);
    const ratio = (base: Runner, key: keyof Figures) =>
      shown(rangeOf(ratios(each(service, key), each(base, key))), plain);
    return {
      tables: [
        {
          columns: ['', 'accepted p50', 'accepted p99', 'confirmed p50', 'confirmed p99'],
          rows: [
            ...subjects.map((runner) => [runner.name, ...keys.map((key) => range(runner, key))]),
            ...bare.map((base) => [`${service.name} / ${base.name}`, ...keys.map((key) => ratio(base, key))]),
          ],
        },
      ],
      notes: [
        `${count} orders at ${perSecond} a second in each of ${rounds} rounds; min / median / max of the rounds. Accepted: until the answer. Confirmed: until the commit of the third of six steps.`,
      ],
      figures: Object.fromEntries(subjects.map((runner) => [runner.name, figures.get(runner)])),
    };
  },
};

const keys = ['acceptP50', 'acceptP99', 'confirmedP50', 'confirmedP99'] as const satisfies (keyof Figures)[];

async function measure(runner: Runner, orders: number): Promise<Figures> {
  const sending = await runner.send({ count: orders, perSecond });
  await runner.untilAtRest(restTimeoutMs);
  const courses = await runner.courses(idsOf(sending));
  const accepted = sending.sent.map(({ durationMs }) => durationMs);
  const times = sending.sent.map(({ id, atMs }) => (courses.get(id ?? '')?.confirmedMs ?? Number.NaN) - atMs);
  return {
    acceptP50: quantile(accepted, 0.5),
    acceptP99: quantile(accepted, 0.99),
    confirmedP50: quantile(times, 0.5),
    confirmedP99: quantile(times, 0.99),
  };
}
