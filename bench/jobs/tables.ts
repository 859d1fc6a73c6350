import { total, type CpuUse } from '../cpu/meter.ts';
import { plain, rangeOf, ratios, shown } from '../report/range.ts';
import type { Table } from '../report/table.ts';
import { duration } from '../shop/figures.ts';
import type { Kind } from './kinds.ts';
import type { Figures } from './measure.ts';

/** What one subject has done with jobs of one kind, round by round, with so many workers. */
export interface Measured {
  readonly subject: string;
  readonly kind: Kind;
  readonly workers: number;
  readonly rounds: readonly Figures[];
}

type Pick = (round: Figures) => number;

interface Column {
  readonly title: string;
  readonly of: Pick;
  readonly show: (value: number) => string;
  readonly among: readonly Measured[];
}

/** A row for each subject, and one for the first of them beside each of the others. */
function compared(subjects: readonly string[], columns: readonly Column[]): Table {
  const valuesOf = (subject: string, { of, among }: Column) =>
    among.find((one) => one.subject === subject)?.rounds.map(of) ?? [];
  const cell = (values: readonly number[], show: Column['show']) =>
    values.length === 0 ? '' : shown(rangeOf(values), show);
  const [first = '', ...others] = subjects;
  const beside = others.filter((name) => !name.startsWith('order-saga'));
  return {
    columns: ['', ...columns.map(({ title }) => title)],
    rows: [
      ...subjects.map((name) => [
        name,
        ...columns.map((column) => cell(valuesOf(name, column), column.show)),
      ]),
      ...beside.map((name) => [
        `${first} / ${name}`,
        ...columns.map((column) => cell(ratios(valuesOf(first, column), valuesOf(name, column)), plain)),
      ]),
    ],
  };
}

export function acceptTable(subjects: readonly string[], all: readonly Measured[]): Table {
  const workers = all[0]?.workers;
  const among = all.filter((one) => one.kind === 'no-op' && one.workers === workers);
  const column = (title: string, of: Pick, show = duration): Column => ({ title, of, show, among });
  return compared(subjects, [
    column('1 client, p50', ({ single }) => single.p50),
    column('1 client, p99', ({ single }) => single.p99),
    column('32 clients, p50', ({ crowd }) => crowd.p50),
    column('32 clients, p99', ({ crowd }) => crowd.p99),
    column('a second', ({ crowd }) => crowd.perSecond, plain),
    column('CPU a job, ms', ({ acceptCpuMs }) => total(acceptCpuMs), plain),
  ]);
}

export function throughputTable(subjects: readonly string[], all: readonly Measured[]): Table {
  return compared(
    subjects,
    columnsOf(all, 'a second', ({ perSecond }) => perSecond),
  );
}

export function cpuTable(subjects: readonly string[], all: readonly Measured[]): Table {
  return compared(
    subjects,
    columnsOf(all, 'CPU a job, ms', ({ cpuMs }) => total(cpuMs)),
  );
}

/** A column for each kind and number of workers. */
function columnsOf(all: readonly Measured[], what: string, of: Pick): Column[] {
  const groups = Map.groupBy(all, ({ kind, workers }) => `${kind}, ${workers} workers, ${what}`);
  return [...groups].map(([title, among]) => ({ title, of, show: plain, among }));
}

export function processTable(all: readonly Measured[]): Table {
  const workers = all[0]?.workers;
  const among = all.filter((one) => one.workers === workers);
  const rows = among.flatMap(({ subject, kind, rounds }) => {
    const names = [...new Set(rounds.flatMap(({ cpuMs }) => Object.keys(cpuMs)))];
    const used = (of: (round: Figures) => CpuUse, name: string) =>
      shown(rangeOf(rounds.map((round) => of(round)[name] ?? 0)), (ms) => ms.toFixed(2));
    return names.map((name) => [`${subject}, ${kind}: ${name}`, used(({ cpuMs }) => cpuMs, name)]);
  });
  return { columns: [`process, ${workers} workers`, 'CPU a job, ms'], rows };
}
