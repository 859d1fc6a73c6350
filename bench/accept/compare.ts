import { setTimeout as pause } from 'node:timers/promises';
import { duration, median, quantile } from '../shop/figures.ts';
import type { Subject } from './subjects.ts';

export interface Comparison {
  readonly rounds: number;
  /** Calls of each subject in a round. */
  readonly perRound: number;
  /** Calls that are not counted: connections, plans and compiled code come to be. */
  readonly warmUps: number;
  /** Before each call. */
  readonly pauseMs: number;
}

/** The durations of one round by subject, in milliseconds. */
export type Round = ReadonlyMap<string, readonly number[]>;

/**
 * Calls the subjects in turn and reports their figures, and those beside `base`. Gives the ratio of p50 of the first
 * subject to that of `base`: the median over the rounds.
 */
export async function compare(
  subjects: readonly Subject[],
  base: Subject,
  { rounds, perRound, warmUps, pauseMs }: Comparison,
  report: (line: string) => void,
): Promise<number> {
  await measure(subjects, warmUps, pauseMs);
  const measured: Round[] = [];
  for (let round = 1; round <= rounds; round += 1) measured.push(await measure(subjects, perRound, pauseMs));

  const each = (name: string, share: number) =>
    measured.map((round) => quantile(round.get(name) ?? [], share));
  const ratios = (name: string, share: number) => {
    const bases = each(base.name, share);
    return each(name, share).map((value, round) => value / (bases[round] ?? Number.NaN));
  };
  for (const { name } of subjects) {
    report(`${name}: p50 ${range(each(name, 0.5), duration)}, p99 ${range(each(name, 0.99), duration)}`);
  }
  for (const { name } of subjects.filter((subject) => subject !== base)) {
    report(
      `${name} / ${base.name}: p50 ${range(ratios(name, 0.5), plain)}, p99 ${range(ratios(name, 0.99), plain)}`,
    );
  }
  return median(ratios(subjects[0]?.name ?? '', 0.5));
}

/** Calls each of the subjects so many times, one call after the other, now this one, now that one. */
export async function measure(subjects: readonly Subject[], times: number, pauseMs: number): Promise<Round> {
  const durations = new Map(subjects.map(({ name }): [string, number[]] => [name, []]));
  for (let turn = 0; turn < times; turn += 1) {
    // Each goes first as often as the others.
    for (const subject of rotated(subjects, turn)) {
      await pause(pauseMs);
      const startedMs = performance.now();
      await subject.accept();
      durations.get(subject.name)?.push(performance.now() - startedMs);
    }
  }
  return durations;
}

function rotated<Item>(items: readonly Item[], by: number): Item[] {
  const at = by % items.length;
  return [...items.slice(at), ...items.slice(0, at)];
}

const plain = (ratio: number): string => ratio.toFixed(2);

/** The least, the median and the most of the rounds' figures. */
function range(values: readonly number[], show: (value: number) => string): string {
  return `${show(quantile(values, 0))} / ${show(median(values))} / ${show(quantile(values, 1))}`;
}
