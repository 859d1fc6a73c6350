import { afterAll, describe, expect, test, vi } from 'vitest';
import { hasEnded } from '../../src/domain/order.ts';
import { crashPointsOf, type Crash } from './harness/crash-points.ts';
import { startDoomedWorker } from './harness/doomed-worker.ts';
import { historyProblems } from './harness/histories.ts';
import { startStage, type StagedOrder, type Story, type Turn } from './harness/stage.ts';
import { cancelledWhenPaid, completes, refusals } from './harness/stories.ts';

vi.setConfig({ testTimeout: 120_000 });

/** A request that is on its way when its worker dies lands this much later. */
const lateMs = 6_000;

const stage = await startStage({ worker: false, variables: { ORDER_ATTEMPTS_BEFORE_ATTENTION: '40' } });
afterAll(() => stage.close());

interface Case extends Crash {
  readonly story: Story;
}

const cases = await findCases();
const died = await dieEverywhere();

/** What is done when an order completes, and then what else is done when one is cancelled or refused. */
async function findCases(): Promise<Case[]> {
  const scout = await stage.rig.createWorker();
  scout.run();
  const seen = new Set<string>();
  const found: Case[] = [];
  for (const story of [completes, cancelledWhenPaid, ...refusals]) {
    for (const crash of crashPointsOf(await stage.record(story))) {
      const name = `${crash.activity} ${crash.where}`;
      if (!seen.has(name)) found.push({ ...crash, story });
      seen.add(name);
    }
  }
  await scout.stop();
  return found;
}

interface Death {
  readonly one: Case;
  readonly outcome: Promise<string[]>;
  /** Milliseconds since the worker died. */
  readonly recovery: () => { triedAgainMs: number; endedMs: number };
}

/** One worker dies at all points at once, each in an order of its own; then another one goes on. */
async function dieEverywhere(): Promise<Death[]> {
  const healthy = await stage.rig.createWorker();
  const doomed = await startDoomedWorker(stage.rig.variables);
  let diedAt = 0;

  async function begin(one: Case): Promise<Death & { order: StagedOrder }> {
    const { story, point, holdAfter, activity } = one;
    const order = await stage.place(story);
    stage.director.direct(order.id);
    delayLanding(one, order);
    doomed.tell({ orderId: order.id, point, holdAfter });
    let endedAt = 0;
    const turn: Turn = {
      // The confirmation may have been on its way when the worker died somewhere else.
      repeatableMails: ['confirmed', ...activity.split(' ').slice(1)],
      async meanwhile() {
        await stage.watch.until(order.id, 'its end', ({ status }) => hasEnded(status));
        endedAt = Date.now();
      },
    };
    const outcome = stage.finish(order, story, turn);
    outcome.catch(() => undefined); // Told by the case's own test.
    const recovery = () => {
      const again = stage.director.recordsOf(order.id).find(({ label }) => label === activity);
      return { triedAgainMs: (again?.beganAt ?? Number.NaN) - diedAt, endedMs: endedAt - diedAt };
    };
    return { one, order, outcome, recovery };
  }

  const patient = await Promise.all(cases.filter((one) => !isFirst(one)).map(begin));
  const [held, regular] = [true, false].map((local) => patient.filter(({ one }) => one.local === local));
  await Promise.all([doomed.untilHeld(idsOf(held ?? [])), doomed.untilReached(idsOf(regular ?? []))]);
  const first = await Promise.all(cases.filter(isFirst).map(begin));
  doomed.tell({ go: true });
  await doomed.untilReached(idsOf([...patient, ...first]));
  diedAt = Date.now();
  await doomed.kill();
  healthy.run();
  return [...patient, ...first];
}

function idsOf(deaths: readonly { order: StagedOrder }[]): string[] {
  return deaths.map(({ order }) => order.id);
}

/** Its order cannot wait for the others anywhere, so it is placed last. */
function isFirst({ local, holdAfter }: Case): boolean {
  return local && holdAfter === null;
}

function delayLanding({ wire }: Case, { id }: StagedOrder): void {
  if (!wire) return;
  const { faults } = stage.sandboxes[wire.sandbox];
  faults.add({ operation: wire.operation, match: { orderId: id }, mode: 'delay', delayMs: lateMs });
}

describe.concurrent('an order whose worker dies', () => {
  test.each(died.map((death) => ({ ...death, ...death.one })))(
    'in $activity, $where, ends right',
    async ({ outcome }) => {
      expect(await outcome).toEqual([]);
    },
  );
});

describe('when another worker has taken over', () => {
  test('most orders went on within seconds', () => {
    const rows = died.map(({ one, recovery }) => ({ ...one, ...recovery() }));
    console.log(tableOf(rows));
    const seconds = rows.map(({ triedAgainMs }) => triedAgainMs / 1_000).toSorted((a, b) => a - b);
    expect(seconds[Math.floor(seconds.length / 2)]).toBeLessThan(10);
  });

  test('every history replays, and none tells of the customer', async () => {
    expect(await historyProblems(stage)).toEqual([]);
  });
});

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function tableOf(rows: readonly (Case & { triedAgainMs: number; endedMs: number })[]): string {
  return [
    '| activity | the worker dies | tried again after | ended after |',
    '|---|---|---|---|',
    ...rows.map(
      ({ activity, where, triedAgainMs, endedMs }) =>
        `| ${activity} | ${where} | ${inSeconds(triedAgainMs)} | ${endedMs > 0 ? inSeconds(endedMs) : 'before'} |`,
    ),
  ].join('\n');
}
