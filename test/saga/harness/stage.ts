import { ActivityExecutionFailedError, ActivityNotFoundError, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure, TerminatedFailure } from '@temporalio/common';
import type { Pool } from 'pg';
import type { OrderFailureType } from '../../../src/domain/failures.ts';
import { hasEnded } from '../../../src/domain/order.ts';
import { noticeActivityId, orderWorkflowId } from '../../../src/domain/ids.ts';
import { noticeKinds } from '../../../src/domain/notice.ts';
import { watchOrders, type OrderWatch, type WatchedOrder } from '../../support/order-watch.ts';
import { startSagaRig, type SagaRig, type SagaRigOptions } from '../../support/saga-rig.ts';
import { createShop, stockProduct, type address, type Shop } from '../../support/shop.ts';
import { problemsOf } from './clean-slate.ts';
import type { End, EndedOrder } from './ended-order.ts';
import { Director, type Entry, type Scripts } from './director.ts';

/** The service with everything that tests move and watch it by. */
export interface Stage {
  readonly rig: SagaRig;
  readonly pool: Pool;
  readonly sandboxes: SagaRig['sandboxes'];
  readonly shop: Shop;
  readonly watch: OrderWatch;
  readonly director: Director;
  /** Places an order, whose deeds wait for the director. */
  place(story: Story): Promise<StagedOrder>;
  /** Lets the story and its turn take their course; says what is wrong in the end. */
  finish(order: StagedOrder, story: Story, turn?: Turn): Promise<string[]>;
  /** Places an order, lets the story and its twist take their course, and says what is wrong in the end. */
  play(story: Story, twist?: Twist): Promise<string[]>;
  /** Plays the story undisturbed; gives what the service did, in the order it began. */
  record(story: Story): Promise<readonly Entry[]>;
  /** The orders placed so far, by what they were placed for. */
  readonly placed: ReadonlyMap<string, string>;
  close(): Promise<void>;
}

export interface StagedOrder {
  readonly id: string;
  readonly sku: string;
}

/** How an order goes when nothing fails. */
export interface Story {
  readonly name: string;
  readonly end: End;
  readonly paymentMethod?: string;
  readonly shippingAddress?: typeof address;
  /** How much of its product there is; what it orders unless said otherwise. */
  readonly onHand?: number;
  /** Why it fails, where it fails by itself. */
  readonly failure?: OrderFailureType;
  /** Everything that people and carriers do about the order. */
  drive(order: StagedOrder, stage: Stage): Promise<void>;
  /** What is to become of its deeds, for each order anew. */
  scripts?(order: StagedOrder, stage: Stage): Scripts;
}

/** Something that goes wrong on the way. */
export type Twist = (order: StagedOrder, stage: Stage, story: Story) => Turn;

export interface Turn extends Partial<
  Pick<EndedOrder, 'repeatableMails' | 'keyBurnt' | 'lostItsRun' | 'unmailed'>
> {
  readonly scripts?: Scripts;
  /** Runs beside the order. */
  readonly meanwhile?: () => Promise<void>;
  /** Runs when the order has ended and nothing about it is on its way any more. */
  readonly afterwards?: () => Promise<void>;
  /** What went wrong with the twist itself. */
  readonly complaints?: readonly string[];
  /** How the order has to end now; as the story says when it is left out. */
  readonly end?: () => End;
}

/** How often a step is tried before an operator is called; few, so that tests get there. */
export const attemptsBeforeAttention = 4;

/** Attempts hang at the director, not at the provider, so that undos need not wait for requests under way. */
const requestLastsMs = 300;

export async function startStage(options: SagaRigOptions = {}): Promise<Stage> {
  const director = new Director();
  const rig = await startSagaRig({
    intercept: director.intercept,
    wrap: director.wrap,
    requestLastsMs,
    ...options,
    variables: {
      ORDER_ATTEMPTS_BEFORE_ATTENTION: String(attemptsBeforeAttention),
      ...options.variables,
    },
  });
  const { pool, sandboxes } = rig;
  const shop = createShop(rig.url);
  const watch = watchOrders(pool);
  const placed = new Map<string, string>();

  async function place(story: Story): Promise<StagedOrder> {
    const sku = await stockProduct(pool, story.onHand);
    const id = await shop.place(sku, story.paymentMethod, story.shippingAddress);
    placed.set(id, story.name);
    return { sku, id };
  }

  async function finish(order: StagedOrder, story: Story, turn: Turn = {}): Promise<string[]> {
    await Promise.all([
      story.drive(order, stage),
      turn.meanwhile?.(),
      watch.until(order.id, 'its end', ({ status }) => hasEnded(status)),
    ]);
    await untilQuiet(stage, order.id);
    await turn.afterwards?.();
    const { id: orderId, sku } = order;
    const { onHand, failure } = story;
    const ended = { ...turn, orderId, sku, onHand, failure, end: turn.end?.() ?? story.end };
    return [...(turn.complaints ?? []), ...(await problemsOf(stage, ended))];
  }

  const stage: Stage = {
    rig,
    pool,
    sandboxes,
    shop,
    watch,
    director,
    placed,
    place,
    finish,
    async play(story, twist) {
      const order = await place(story);
      const turn = twist?.(order, stage, story) ?? {};
      director.direct(order.id, { ...story.scripts?.(order, stage), ...turn.scripts });
      return finish(order, story, turn);
    },
    async record(story) {
      const order = await place(story);
      director.direct(order.id, story.scripts?.(order, stage));
      const problems = await finish(order, story);
      if (problems.length > 0) throw new Error(`${story.name}, undisturbed: ${problems.join('; ')}`);
      return director.recordsOf(order.id);
    },
    async close() {
      watch.stop();
      await rig.close();
    },
  };
  return stage;
}

/** Until nothing about the order is on its way any more: no run, no attempt, no message, no mail. */
async function untilQuiet({ rig, watch, director }: Stage, orderId: string): Promise<void> {
  const { activity, workflow } = rig.temporal.client;
  const isQuiet = ({ owed }: WatchedOrder) => owed === 0 && director.underWay(orderId).length === 0;
  await watch.until(orderId, 'nothing owed and nothing under way', isQuiet);
  await workflow
    .getHandle(orderWorkflowId(orderId))
    .result()
    .catch((error: unknown) => {
      if (!(error instanceof WorkflowFailedError) || !(error.cause instanceof TerminatedFailure)) throw error;
    });
  const notices = noticeKinds.map((kind) => activity.getHandle(noticeActivityId(orderId, kind)).result());
  const failed = (await Promise.allSettled(notices)).flatMap((notice) =>
    notice.status === 'rejected' ? [notice.reason as unknown] : [],
  );
  const [defect] = failed.filter(
    (reason) => !(reason instanceof ActivityNotFoundError) && !isRefusedMail(reason),
  );
  if (defect !== undefined) throw defect;
}

function isRefusedMail(reason: unknown): boolean {
  const cause = reason instanceof ActivityExecutionFailedError ? reason.cause : undefined;
  return cause instanceof ApplicationFailure && cause.type === 'MailRefused';
}
