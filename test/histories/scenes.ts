import { cancelledDuring, stuckUntilCancelled, stuckUntilRetried } from '../saga/harness/command-twists.ts';
import { steps } from '../saga/harness/saga-steps.ts';
import type { Story, Twist } from '../saga/harness/stage.ts';
import { signalledOnItsWay, signalledWhenPaid } from '../saga/harness/signal-stories.ts';
import { cancelledWhenPaid, completes, neverFetched, refusals } from '../saga/harness/stories.ts';
import { failsThenWorks } from '../saga/harness/twists.ts';

/** One way that an order can go, whose history is kept. */
interface Scene {
  /** The files are called by it. */
  readonly name: string;
  readonly story: Story;
  readonly twist?: Twist;
}

/** Every path through the workflow code that matters: each must replay for ever (law 15). */
export const scenes: readonly Scene[] = [
  { name: 'completed', story: completes },
  { name: 'cancelled-when-paid', story: cancelledWhenPaid },
  ...refusals.map((story) => ({ name: `failed-${kebab(story.failure ?? '')}`, story })),
  ...steps.map(({ run }) => ({
    name: `cancelled-during-${kebab(run)}`,
    story: completes,
    twist: cancelledDuring(run, 'after'),
  })),
  ...steps.map(({ run, name }) => ({
    name: `retried-${kebab(name)}`,
    story: completes,
    twist: stuckUntilRetried(run, name, 'never acts'),
  })),
  ...steps.map(({ undo, name }) => ({
    name: `retried-undo-${kebab(name)}`,
    story: cancelledWhenPaid,
    twist: stuckUntilRetried(undo, `undo ${name}`, 'never acts'),
  })),
  ...steps.map((step) => ({
    name: `cancelled-in-need-of-attention-${kebab(step.name)}`,
    story: neverFetched,
    twist: stuckUntilCancelled(step, 'never answers'),
  })),
  { name: 'signalled-when-paid', story: signalledWhenPaid },
  { name: 'signalled-on-its-way', story: signalledOnItsWay },
  { name: 'local-activity-falls-back', story: completes, twist: failsThenWorks('reserveStock') },
];

function kebab(name: string): string {
  return name
    .replaceAll('_', '-')
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase();
}
