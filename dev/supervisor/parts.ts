import type { PartSpec } from './part-spec.ts';
import type { Part } from './part.ts';

/** The parts that run, by name; the order of their stages is the order in which they end. */
export class Parts {
  readonly #make: (spec: PartSpec) => Part;
  readonly #parts = new Map<string, Part>();
  #closed = false;

  constructor(make: (spec: PartSpec) => Part) {
    this.#make = make;
  }

  /** Starts a part and waits until it is ready. Throws when it does not get there, or when everything is ending. */
  async run(spec: PartSpec): Promise<Part> {
    if (this.#closed) throw new Error(`${spec.name} is not started: everything is being stopped`);
    const part = this.#make(spec);
    this.#parts.set(spec.name, part);
    await part.start();
    return part;
  }

  get(name: string): Part {
    const part = this.#parts.get(name);
    if (part === undefined) throw new Error(`there is no part "${name}", only ${this.names.join(', ')}`);
    return part;
  }

  get names(): string[] {
    return [...this.#parts.keys()];
  }

  /** Ends every part, the last stage first, and starts none any more. */
  async stop(): Promise<void> {
    this.#closed = true;
    const parts = [...this.#parts.values()];
    for (const stage of new Set(parts.map((part) => part.stage).toSorted((a, b) => b - a))) {
      await Promise.all(parts.filter((part) => part.stage === stage).map((part) => part.stop()));
    }
  }
}
