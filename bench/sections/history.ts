import { Client, Connection } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { rangeOf, shown } from '../report/range.ts';
import { idsOf, type Runner } from '../runners/runner.ts';
import { billableActions } from './actions.ts';
import { restTimeoutMs, type Section } from './section.ts';

const count = 6;

interface Figures {
  readonly events: number;
  readonly workflowTasks: number;
  readonly actions: number;
  /** Of the standalone activities that it sets off: two notices. */
  readonly noticeActions: number;
}

/** What an order that goes through leaves in Temporal, and what Temporal Cloud would bill for it. */
export const history: Section = {
  title: 'History and billable actions of an order',
  async run({ shop, runners }) {
    const connection = await Connection.connect({ address: shop.constellation.temporalAddress });
    const namespace = shop.constellation.variables['TEMPORAL_NAMESPACE'] || 'default';
    const client = new Client({ connection, namespace });
    const subjects = await runners();
    const figures = new Map<Runner, Figures[]>();
    for (const runner of subjects) {
      const ids = idsOf(await runner.send({ count, clients: 1 }));
      await runner.untilAtRest(restTimeoutMs);
      figures.set(runner, await Promise.all(ids.map((id) => figuresOf(client, runner, id))));
    }
    await connection.close();
    const cell = (runner: Runner, key: keyof Figures) =>
      shown(rangeOf((figures.get(runner) ?? []).map((one) => one[key])), String);
    return {
      tables: [
        {
          columns: ['', ...keys.map((key) => titles[key])],
          rows: subjects.map((runner) => [runner.name, ...keys.map((key) => cell(runner, key))]),
        },
      ],
      notes: [
        `min / median / max of ${count} orders. Notices are the standalone activities that send an order's two mails; they have no history.`,
      ],
      figures: Object.fromEntries(subjects.map((runner) => [runner.name, figures.get(runner)])),
    };
  },
};

const titles: Readonly<Record<keyof Figures, string>> = {
  events: 'events',
  workflowTasks: 'workflow tasks',
  actions: 'actions',
  noticeActions: 'actions of notices',
};
const keys = ['events', 'workflowTasks', 'actions', 'noticeActions'] as const satisfies (keyof Figures)[];

async function figuresOf(client: Client, runner: Runner, id: string): Promise<Figures> {
  const { own, activities } = runner.runsOf(id);
  const events = await eventsOf(client, own);
  const attempts = await Promise.all(
    activities.map(async (one) => (await client.activity.getHandle(one).describe()).attempt),
  );
  return {
    events: events.length,
    workflowTasks: events.filter((event) => event.workflowTaskStartedEventAttributes).length,
    actions: billableActions(events),
    noticeActions: attempts.reduce((sum, one) => sum + one, 0),
  };
}

async function eventsOf(
  client: Client,
  workflowId: string,
): Promise<temporal.api.history.v1.IHistoryEvent[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return events ?? [];
}
