import type { FailureFacts, FailureType } from '../domain/failures.ts';

/** What a helper process can be asked for: functions of one argument, whose results can be cloned. */
export type Methods = Record<string, (input: never) => unknown>;

/** Null for a method that takes nothing. */
export type InputOf<M extends Methods, Name extends keyof M> =
  Parameters<M[Name]> extends [] ? null : Parameters<M[Name]>[0];
export type OutputOf<M extends Methods, Name extends keyof M> = Awaited<ReturnType<M[Name]>>;

/** From us to the helper; one at a time. */
export interface Question {
  readonly method: string;
  readonly input: unknown;
}

/** From the helper to us. */
export type Reply =
  | { readonly ready: true }
  | { readonly output: unknown }
  | {
      readonly failure: {
        /** Null for what is no failure of ours. */
        readonly type: FailureType | null;
        readonly message: string;
        readonly facts: FailureFacts;
      };
    };
