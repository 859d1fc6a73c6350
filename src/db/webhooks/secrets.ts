import sql, { raw } from 'sql-template-tag';
import { execute, query, type Db } from '../pool.ts';

const places = {
  endpoint: { table: raw('webhook_endpoints'), column: raw('secret') },
  endpointBefore: { table: raw('webhook_endpoints'), column: raw('previous_secret') },
  apiKey: { table: raw('api_keys'), column: raw('webhook_secret') },
  apiKeyBefore: { table: raw('api_keys'), column: raw('previous_webhook_secret') },
} as const;

/** A secret that signs webhooks, as it is kept, and where. */
export interface KeptSecret {
  readonly place: keyof typeof places;
  /** Whose it is: the id of an endpoint or an API key. */
  readonly owner: string;
  readonly kept: string;
}

/** Every secret that signs webhooks, but for those of deleted endpoints. */
export async function listSecrets(db: Db): Promise<KeptSecret[]> {
  return query<KeptSecret>(
    db,
    sql`select * from (
          select 'endpoint' as place, id as owner, secret as kept from webhook_endpoints where deleted_at is null
          union all
          select 'endpointBefore', id, previous_secret from webhook_endpoints where deleted_at is null
          union all
          select 'apiKey', id, webhook_secret from api_keys
          union all
          select 'apiKeyBefore', id, previous_webhook_secret from api_keys
        ) secret where kept is not null`,
  );
}

/** Keeps a secret another way, unless it has been replaced meanwhile. */
export async function keepAnew(db: Db, { place, owner, kept }: KeptSecret, anew: string): Promise<void> {
  const { table, column } = places[place];
  await execute(db, sql`update ${table} set ${column} = ${anew} where id = ${owner} and ${column} = ${kept}`);
}
