import type { Pool } from 'pg';
import { createContext } from '../../src/context.ts';
import type { Config } from '../../src/config/config.ts';
import { toJson } from '../support/histories.ts';

/** The columns that are there to hold personal data; no other one may. */
const personalColumns: Readonly<Record<string, readonly string[]>> = {
  orders: ['customer_email', 'customer_name', 'shipping_address', 'payment_method', 'metadata'],
};

/** Everything that the database holds, but for the columns where personal data belongs; by table. */
export async function databaseRemains(pool: Pool): Promise<Map<string, string>> {
  const { rows: tables } = await pool.query<{ name: string }>(
    `select table_name as name from information_schema.tables
     where table_schema = 'public' and table_type = 'BASE TABLE'`,
  );
  const remains = new Map<string, string>();
  for (const { name } of tables) {
    const { rows } = await pool.query<{ row: unknown }>(
      `select to_jsonb(t) - $1::text[] as row from public."${name}" t`,
      [personalColumns[name] ?? []],
    );
    if (rows.length > 0) remains.set(name, JSON.stringify(rows));
  }
  return remains;
}

/** Every history of the namespace: as it stands in Temporal, and with every payload opened. */
export async function histories(
  config: Config,
): Promise<{ workflowId: string; raw: string; opened: string }[]> {
  const context = createContext(config, 'api');
  const { client } = context.temporal;
  const codec = client.options.loadedDataConverter.payloadCodecs[0];
  const found = [];
  for await (const { workflowId, runId } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const raw = toJson({ workflowId, history });
    const sealed = payloadsIn(JSON.parse(raw));
    const payloads = (await codec?.decode(sealed)) ?? [];
    const ciphertexts = sealed.map(({ data }) => data.toString('latin1')).join('\n');
    const opened = payloads.map(({ data }) => Buffer.from(data ?? []).toString()).join('\n');
    found.push({ workflowId, raw: `${raw}\n${ciphertexts}`, opened });
  }
  await context.close();
  return found;
}

interface Sealed {
  readonly metadata: Record<string, Buffer>;
  readonly data: Buffer;
}

const bytes = (base64: unknown) => Buffer.from(String(base64), 'base64');

function payloadsIn(value: unknown): Sealed[] {
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.values(value).flatMap(payloadsIn);
  if (!('metadata' in value && 'data' in value)) return inner;
  const fields = Object.entries(value.metadata ?? {}).map(([name, field]) => [name, bytes(field)]);
  return [{ metadata: Object.fromEntries(fields), data: bytes(value.data) }, ...inner];
}
