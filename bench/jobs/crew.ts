import { startHelper, type Helper } from './helper.ts';

/** Worker processes that are all alike. */
export interface Crew {
  /** Starts or ends as many as it takes. */
  use(count: number): Promise<void>;
  tell(message: object): Promise<void>;
  /** Their process ids, by name. */
  processes(): Readonly<Record<string, number>>;
}

export function createCrew(file: string, plan: object): Crew {
  let helpers: readonly Helper[] = [];
  return {
    async use(count) {
      await Promise.all(helpers.slice(count).map((helper) => helper.end()));
      const more = Array.from({ length: Math.max(0, count - helpers.length) }, () => startHelper(file, plan));
      helpers = [...helpers.slice(0, count), ...(await Promise.all(more))];
    },
    async tell(message) {
      await Promise.all(helpers.map((helper) => helper.tell(message)));
    },
    processes: () => Object.fromEntries(helpers.map(({ pid }, at) => [`worker-${at + 1}`, pid])),
  };
}
