/** Promises of work that goes on by itself. */
export interface Tracked {
  readonly size: number;
  add(work: Promise<void>): void;
  /** Resolves when nothing is left, not even what was added meanwhile. */
  idle(): Promise<void>;
}

export function createTracked(onDone: () => void = () => undefined): Tracked {
  const going = new Set<Promise<void>>();
  return {
    get size() {
      return going.size;
    },
    add(work) {
      const done = work.finally(() => {
        going.delete(done);
        onDone();
      });
      going.add(done);
    },
    async idle() {
      while (going.size > 0) await Promise.all(going);
    },
  };
}
