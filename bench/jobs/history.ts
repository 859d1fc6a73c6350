import { Client, Connection } from '@temporalio/client';
import sql from 'sql-template-tag';
import { query } from '../../src/db/pool.ts';
import { jobWorkflowId } from '../../src/domain/ids.ts';
import { rangeOf, shown } from '../report/range.ts';
import type { Table } from '../report/table.ts';
import { billableActions } from '../sections/actions.ts';
import type { Shop } from '../shop/open-shop.ts';
import { kinds } from './kinds.ts';
import { styles, typeName } from './types.ts';

const sampled = 6;

/** What a job that goes through leaves in Temporal, and what Temporal Cloud would bill for it. */
export async function historyTable({ constellation, pool }: Shop): Promise<Table> {
  const connection = await Connection.connect({ address: constellation.temporalAddress });
  const namespace = constellation.variables['TEMPORAL_NAMESPACE'] || 'default';
  const client = new Client({ connection, namespace });

  async function countsOf({ id, dispatch }: { readonly id: string; readonly dispatch: number }) {
    const handle = client.workflow.getHandle(jobWorkflowId(id, dispatch));
    await handle.result();
    const { events } = await handle.fetchHistory();
    const all = events ?? [];
    const tasks = all.filter((event) => event.workflowTaskStartedEventAttributes);
    return [all.length, tasks.length, billableActions(all)];
  }

  async function row(type: string): Promise<string[]> {
    const jobs = await query<{ id: string; dispatch: number }>(
      pool,
      sql`select id, dispatch from jobs where type = ${type} and status = 'completed' limit ${sampled}`,
    );
    const counts = await Promise.all(jobs.map(countsOf));
    const column = (at: number) => shown(rangeOf(counts.map((one) => one[at] ?? Number.NaN)), String);
    return [type, column(0), column(1), column(2)];
  }

  const types = styles.flatMap((style) => kinds.map((kind) => typeName(kind, style)));
  const rows = await Promise.all(types.map(row));
  await connection.close();
  return { columns: [`${sampled} jobs of a type`, 'events', 'workflow tasks', 'actions'], rows };
}
