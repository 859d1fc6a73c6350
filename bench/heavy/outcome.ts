import { plain, rangeOf, ratios, shown } from '../report/range.ts';
import type { Outcome } from '../sections/section.ts';
import { duration } from '../shop/figures.ts';
import type { OrderFigures } from './measure.ts';

export const phases = ['before', 'spinning', 'during', 'after'] as const;
export type Phase = (typeof phases)[number];

interface Asked {
  readonly exports: number;
  readonly rows: number;
  readonly orders: number;
  readonly perSecond: number;
  readonly rounds: number;
}

const keys = [
  'acceptP50',
  'acceptP99',
  'confirmedP50',
  'confirmedP99',
] as const satisfies (keyof OrderFigures)[];

export function outcomeOf(
  figures: Readonly<Record<Phase, readonly OrderFigures[]>>,
  exportSeconds: readonly number[],
  asked: Asked,
): Outcome {
  const each = (phase: Phase, key: keyof OrderFigures) => figures[phase].map((round) => round[key]);
  const inWords: Record<Phase, string> = {
    before: 'before',
    spinning: 'beside busy loops',
    during: `while ${asked.exports} exports run`,
    after: 'after',
  };
  return {
    tables: [
      {
        columns: ['', 'POST p50', 'POST p99', 'confirmed p50', 'confirmed p99'],
        rows: [
          ...phases.map((phase) => [
            inWords[phase],
            ...keys.map((key) => shown(rangeOf(each(phase, key)), duration)),
          ]),
          ...phases
            .slice(1)
            .map((phase) => [
              `${inWords[phase]} / before`,
              ...keys.map((key) => shown(rangeOf(ratios(each(phase, key), each('before', key))), plain)),
            ]),
        ],
      },
    ],
    notes: [
      `${asked.orders} orders at ${asked.perSecond} a second in each phase of ${asked.rounds} rounds; min / median / max of the rounds. Each export writes ${asked.rows} orders, as CSV, XLSX and PDF in turn; all of them took ${shown(rangeOf(exportSeconds), (seconds) => `${seconds.toFixed(0)} s`)}, and none had failed.`,
      'Busy loops: as many processes as exports run at once, which only use the processor, at the lowest priority. What orders lose beside them they lose to the machine.',
    ],
    figures: { ...figures, exports: exportSeconds.map((seconds) => ({ seconds })) },
  };
}
