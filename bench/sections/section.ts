import type { Table } from '../report/table.ts';
import type { Runner } from '../runners/runner.ts';
import type { Shop } from '../shop/open-shop.ts';

/** What a section is measured on. */
export interface Bench {
  readonly shop: Shop;
  readonly rounds: number;
  readonly say: (line: string) => void;
  /** The service, and bare workflows beside it; these are started when they are asked for first. */
  readonly runners: () => Promise<readonly [service: Runner, regular: Runner, local: Runner]>;
}

/** What came out, for people and for programs. */
export interface Outcome {
  readonly tables: readonly Table[];
  /** What has to be known to read the tables. */
  readonly notes: readonly string[];
  readonly figures: object;
}

/** A part of the bench that can be run alone. */
export interface Section {
  readonly title: string;
  /** Whether it takes parts away and leaves orders behind, so that it needs a shop of its own. */
  readonly alone?: boolean;
  run(bench: Bench): Promise<Outcome>;
}

/** How long a section waits for work to end. */
export const restTimeoutMs = 300_000;
