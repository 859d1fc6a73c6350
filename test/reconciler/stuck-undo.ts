import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { Failure } from '../../src/domain/failures.ts';

/** An activity that fails for as long as a test wants it to. */
export function stuckUndo(): {
  readonly intercept: ActivityInterceptorsFactory;
  /** From now on this activity fails; null: none does. */
  sticks(activity: string | null): void;
} {
  let stuck: string | null = null;
  return {
    intercept: (context) => ({
      inbound: {
        async execute(input, next) {
          if (context.info.activityType === stuck) throw new Failure('ProviderUnavailable', 'stuck');
          return next(input);
        },
      },
    }),
    sticks(activity) {
      stuck = activity;
    },
  };
}
