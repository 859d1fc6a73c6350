import type { ExportFormat } from '../../src/domain/table.ts';
import type { Outcome } from '../sections/section.ts';
import type { Exported } from './run.ts';

const columns = [
  'format',
  'orders',
  'time',
  'orders a second',
  'file',
  'memory: worker',
  'its helpers',
  'together',
  'in fact',
];

/** An export as a row of the table. */
export function rowOf(format: ExportFormat, { rows, seconds, bytes, memory }: Exported): string[] {
  return [
    format.toUpperCase(),
    String(rows),
    `${seconds.toFixed(1)} s`,
    (rows / seconds).toFixed(0),
    ...[bytes, memory.worker, memory.helpers, memory.together, memory.inFact].map(megabytes),
  ];
}

/** `idleBytes`: what the worker takes before it has had anything to do. */
export function outcomeOf(
  idleBytes: number,
  exports: readonly (readonly [ExportFormat, Exported])[],
): Outcome {
  return {
    tables: [{ columns, rows: exports.map(([format, exported]) => rowOf(format, exported)) }],
    notes: [
      `The worker that serves the queue of heavy jobs alone; before the first export it took ${megabytes(idleBytes)}. Memory is what is resident, at its peak; together is the sum of both at one moment, in which the code of Node counts twice; in fact it is there once. Time is that of the attempt, from its beginning to the commit that ends the job.`,
    ],
    figures: { idleBytes, exports: Object.fromEntries(exports) },
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1_000_000).toFixed(0)} MB`;
}
