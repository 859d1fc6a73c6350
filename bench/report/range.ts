import { median } from '../shop/figures.ts';

/** The least, the median and the most of the rounds' figures. */
export interface Range {
  readonly min: number;
  readonly median: number;
  readonly max: number;
}

export function rangeOf(values: readonly number[]): Range {
  return { min: Math.min(...values), median: median(values), max: Math.max(...values) };
}

/** `1.1 / 1.2 / 1.3` */
export function shown({ min, median: middle, max }: Range, show: (value: number) => string): string {
  return [min, middle, max].map(show).join(' / ');
}

/** How many times as much, round by round. */
export function ratios(values: readonly number[], bases: readonly number[]): number[] {
  return values.map((value, round) => value / (bases[round] ?? Number.NaN));
}

export const plain = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0));
