import type { OrderProxies } from '../../../src/workflows/activities.ts';
import { orderSteps } from '../../../src/workflows/order/steps.ts';

/** A step of the saga with the activities that do it and undo it. */
export interface SagaStep {
  readonly name: string;
  readonly run: string;
  readonly undo: string;
}

/** The steps as the workflow has them, asked which activities they call: a step added later is here by itself. */
export function sagaSteps(): SagaStep[] {
  let called = '';
  const listener = new Proxy(
    {},
    {
      get: (_target, activity) => () => {
        called = String(activity);
      },
    },
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- stands in for every activity there is
  const steps = orderSteps('an order', listener as OrderProxies);
  const activityOf = (call: () => unknown): string => {
    void call();
    return called;
  };
  return Object.values(steps).map((step) => ({
    name: step.name,
    run: activityOf(step.run),
    undo: activityOf(step.undo),
  }));
}

export const steps = sagaSteps();
export const actions: ReadonlySet<string> = new Set(steps.map(({ run }) => run));
export const undos: ReadonlySet<string> = new Set(steps.map(({ undo }) => undo));
