import type { Table } from '../report/table.ts';
import { duration } from '../shop/figures.ts';
import { nameOf, type Case } from './cases.ts';
import type { ApiDeath } from './api-deaths.ts';
import type { Death, Victim } from './deaths.ts';
import type { Course } from './went-on.ts';

const titles: Readonly<Record<Victim, string>> = {
  worker: 'its worker dies',
  api: 'the API dies',
  postgres: 'Postgres dies',
  temporal: 'Temporal dies',
};

/** A line for each point, a column for each victim: until the order's next event, and until its end. */
export function matrixOf(
  cases: readonly Case[],
  deaths: ReadonlyMap<Victim, readonly Death[]>,
  apiDeaths: readonly ApiDeath[],
): Table {
  const asked = [...deaths.keys()];
  return {
    columns: ['activity', 'where', ...asked.map((victim) => titles[victim])],
    rows: [
      ...apiDeaths.map((death) => [
        death.one.activity,
        death.one.where,
        ...asked.map((victim) => cell(victim === 'api' ? death : undefined)),
      ]),
      ...cases.map((one) => [
        one.activity,
        one.where,
        ...asked.map((victim) =>
          cell(deaths.get(victim)?.find((death) => nameOf(death.one) === nameOf(one))),
        ),
      ]),
    ],
  };
}

function cell(course: Course | undefined): string {
  if (!course) return '';
  const { nextMs, endMs } = course;
  return `${nextMs === null ? 'nothing left to do' : duration(nextMs)} / ${endMs === null ? 'had ended' : duration(endMs)}`;
}
