import { Client, Connection } from '@temporalio/client';
import sql from 'sql-template-tag';
import { query } from '../../src/db/pool.ts';
import { batchWorkflowId, jobWorkflowId } from '../../src/domain/ids.ts';
import { plain, rangeOf, shown } from '../report/range.ts';
import type { Table } from '../report/table.ts';
import { billableActions } from '../sections/actions.ts';
import type { Shop } from '../shop/open-shop.ts';
import { kinds } from './kinds.ts';
import { styles, typeName } from './types.ts';

const sampled = 6;

/** A run, and how many jobs it has done. */
interface DoneRun {
  readonly workflowId: string;
  readonly jobs: number;
}

/** What a job that goes through leaves in Temporal, and what Temporal Cloud would bill for it. */
export async function historyTable({ constellation, pool }: Shop): Promise<Table> {
  const connection = await Connection.connect({ address: constellation.temporalAddress });
  const namespace = constellation.variables['TEMPORAL_NAMESPACE'] || 'default';
  const client = new Client({ connection, namespace });

  /** The runs that have done most jobs of the type. */
  async function runsOf(type: string): Promise<DoneRun[]> {
    const rows = await query<{ id: string; dispatch: number; batch: string | null; jobs: number }>(
      pool,
      sql`select (array_agg(id))[1] as id, (array_agg(dispatch))[1] as dispatch, batch, count(*) as jobs
          from jobs where type = ${type} and status = 'completed'
          group by batch, case when batch is null then id end
          order by jobs desc limit ${sampled}`,
    );
    return rows.map(({ id, dispatch, batch, jobs }) => ({
      workflowId: batch === null ? jobWorkflowId(id, dispatch) : batchWorkflowId(batch),
      jobs,
    }));
  }

  async function countsOf({ workflowId, jobs }: DoneRun) {
    const handle = client.workflow.getHandle(workflowId);
    await handle.result();
    const { events } = await handle.fetchHistory();
    const all = events ?? [];
    const tasks = all.filter((event) => event.workflowTaskStartedEventAttributes);
    return [jobs, all.length / jobs, tasks.length / jobs, billableActions(all) / jobs];
  }

  async function row(type: string): Promise<string[]> {
    const counts = await Promise.all((await runsOf(type)).map(countsOf));
    const column = (at: number) => shown(rangeOf(counts.map((one) => one[at] ?? Number.NaN)), plain);
    return [type, column(0), column(1), column(2), column(3)];
  }

  const types = styles.flatMap((style) => kinds.map((kind) => typeName(kind, style)));
  const rows = await Promise.all(types.map(row));
  await connection.close();
  const what = `${sampled} runs of a type`;
  return { columns: [what, 'jobs', 'events a job', 'workflow tasks a job', 'actions a job'], rows };
}
