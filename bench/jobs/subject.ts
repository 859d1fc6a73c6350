import type { Kind } from './kinds.ts';
import type { Address } from './send.ts';

/** Something that does jobs: the service, or what it is measured beside. */
export interface JobSubject {
  readonly name: string;
  /** Whether whoever sends jobs is a part of it, so that its CPU counts. */
  readonly sends: boolean;
  /** Of the jobs that are asked for, which share it does: what takes long does fewer. */
  readonly share: number;
  /** So many worker processes are there from now on. */
  useWorkers(count: number): Promise<void>;
  /** Where jobs of the kind are sent. */
  address(kind: Kind): Address;
  /** Forgets the jobs of the kind, and has those that come wait. */
  hold(kind: Kind): Promise<void>;
  /** Lets those that wait go. */
  release(kind: Kind): Promise<void>;
  /** When the last of so many jobs of the kind has ended, in milliseconds since the epoch; undefined before. */
  lastEnd(kind: Kind, count: number): Promise<number | undefined>;
  /** The processes that do it, by name. */
  processes(kind: Kind): Readonly<Record<string, number>>;
  close(): Promise<void>;
}
