import type { Pattern, Sending } from './send.ts';

/** When an order had got where, in milliseconds since the epoch. */
export interface Course {
  readonly confirmedMs: number;
  readonly endedMs: number;
}

/** Something that brings orders to their end: the service, or bare workflows. */
export interface Runner {
  readonly name: string;
  send(pattern: Pattern): Promise<Sending>;
  /** Waits until nothing is under way any more. */
  untilAtRest(timeoutMs: number): Promise<void>;
  /** How these orders went. They have ended. */
  courses(ids: readonly string[]): Promise<Map<string, Course>>;
  /** The processes that do it, by name. */
  processes(): Readonly<Record<string, number>>;
  /** Whether the sender is a part of it, so that its CPU counts. */
  readonly sends: boolean;
  /** The workflow run of an order, and the standalone activities that it sets off. */
  runsOf(id: string): { readonly own: string; readonly activities: readonly string[] };
}

/** Those whose orders were all accepted; throws where one was not. */
export function idsOf({ sent }: Sending): string[] {
  return sent.map(({ id, outcome }) => {
    if (id === null) throw new Error(`an order was answered with ${outcome}`);
    return id;
  });
}
