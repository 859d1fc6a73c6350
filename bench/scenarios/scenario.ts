import type { Shop, ShopOptions } from '../shop/open-shop.ts';

/** Prints a line of figures. */
export type Report = (line: string) => void;

/** One thing that has to hold whatever fails: breaks something on the real processes, and throws when it does not. */
export interface Scenario<Options extends object = object> {
  /** What the shop has to run with. */
  readonly shop?: ShopOptions;
  /** The size that the figures in README.md are of. */
  readonly full: Options;
  /** Gives what the books said in the end, which is reported as well. */
  readonly run: (shop: Shop, options: Options, report: Report) => Promise<string>;
}
