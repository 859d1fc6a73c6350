import {
  ActivityFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
} from '@temporalio/workflow';
import type { RefusalType } from '../domain/failures.ts';
import { undoName } from '../domain/order.ts';
import { reasonOf, refusalOf } from './failures.ts';

/** A step of a saga: what it does and how that is undone, side by side. Both can be repeated at any time. */
export interface Step<Result = void> {
  readonly name: string;
  /** For people: `Reserve stock`. */
  readonly title: string;
  run(): Promise<Result>;
  undo(): Promise<void>;
}

/** What the saga tells while it runs. */
export interface SagaObserver {
  running(step: Step<unknown>): void;
  done(step: Step<unknown>): void;
  refused(step: Step<unknown>, type: RefusalType): void;
  undoing(step: Step<unknown>): void;
  undone(step: Step<unknown>): void;
}

/** What an operator decides about a step: it is tried again, or it was settled by hand and the saga goes on without it. */
export type Decision = 'retry' | 'skip';

/** Calls an operator because `stepName` does not succeed; resolves with the decision. */
export type CallOperator = (stepName: string, reason: string) => Promise<Decision>;

/** Something that has to happen by a certain time even while an operator is waited for. */
export interface Deadline {
  /** Milliseconds since the epoch, by the workflow's clock. */
  readonly atMs: number;
  readonly summary: string;
  act(): Promise<unknown>;
}

/**
 * Runs steps forward, remembers their undos before they act, and unwinds them, newest first. The forward part can be
 * cancelled; an effect under way is awaited first (law 5). A step that keeps failing never fails the saga (law 8).
 */
export class Saga {
  #forward = new CancellationScope();
  readonly #entered: Step<unknown>[] = [];
  readonly #observer: SagaObserver;
  readonly #callOperator: CallOperator;

  constructor(observer: SagaObserver, callOperator: CallOperator) {
    this.#observer = observer;
    this.#callOperator = callOperator;
  }

  /** Runs the story in a scope that `cancel` cancels. */
  forward<T>(story: () => Promise<T>): Promise<T> {
    return this.#forward.run(story);
  }

  cancel(): void {
    this.#forward.cancel();
  }

  /** The cancel does not count: the story may be run once more. */
  takeBackCancel(): void {
    this.#forward = new CancellationScope();
  }

  /** A run before this one may have entered these steps, in this order: they are unwound like those that this one enters. */
  assumeEntered(steps: readonly Step<unknown>[]): void {
    for (const step of steps) if (!this.#entered.includes(step)) this.#entered.push(step);
  }

  /** Runs a step until it succeeds, is refused (its ActivityFailure is thrown) or the saga is cancelled. */
  async run<Result>(step: Step<Result>, deadline?: Deadline): Promise<Result> {
    if (!this.#entered.includes(step)) this.#entered.push(step);
    this.#observer.running(step);
    for (;;) {
      try {
        const result = await step.run();
        this.#throwIfCancelled();
        this.#observer.done(step);
        return result;
      } catch (error) {
        const reason = this.#stuckOn(step, error);
        await orBy(deadline, () => this.#callOperator(step.name, reason));
        this.#observer.running(step);
      }
    }
  }

  /** Undoes every step that was entered, newest first, whatever it takes. */
  async unwind(): Promise<void> {
    for (const step of this.#entered.toReversed()) await this.#undo(step);
  }

  async #undo(step: Step<unknown>): Promise<void> {
    this.#observer.undoing(step);
    for (;;) {
      try {
        await step.undo();
        this.#observer.undone(step);
        return;
      } catch (error) {
        if (!(error instanceof ActivityFailure)) throw error;
        const decision = await this.#callOperator(undoName(step.name), reasonOf(error));
        if (decision === 'retry') continue;
        this.#observer.undone(step);
        return;
      }
    }
  }

  /** Why the step does not succeed; what is an answer rather than a failure is thrown on. */
  #stuckOn(step: Step<unknown>, error: unknown): string {
    const refusal = refusalOf(error);
    if (refusal) {
      // Undone although this run knows of no undo: nobody has said no.
      if (refusal.type !== 'StepUndone') this.#observer.refused(step, refusal.type);
      throw error;
    }
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    this.#throwIfCancelled();
    return reasonOf(error);
  }

  /** An effect that was awaited may have succeeded after all; the cancel counts all the same. */
  #throwIfCancelled(): void {
    if (this.#forward.consideredCancelled) throw new CancelledFailure('the saga was cancelled');
  }
}

/** Waits for `wait`, and acts once when the deadline comes first. */
async function orBy(deadline: Deadline | undefined, wait: () => Promise<unknown>): Promise<unknown> {
  if (!deadline) return wait();
  let over = false;
  const waiting = wait().finally(() => {
    over = true;
  });
  // A cancel rejects both waits; this one is told to the caller only where the other is not.
  waiting.catch(() => undefined);
  const { atMs, summary } = deadline;
  const inTime = await condition(() => over, Math.max(atMs - Date.now(), 1), { summary });
  if (!inTime) await deadline.act();
  return waiting;
}
