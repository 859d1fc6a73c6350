import type { Pool } from 'pg';
import sql from 'sql-template-tag';
import { execute } from '../../src/db/pool.ts';
import type { BareStep } from './messages.ts';

export type BareActivities = ReturnType<typeof createBareActivities>;

export function createBareActivities(pool: Pool) {
  return {
    /** One small transaction in one round trip: the order moves, and an event says so. */
    async takeStep(orderId: string, step: BareStep): Promise<void> {
      await execute(
        pool,
        sql`with moved as (
              update bare_orders set status = ${step}, updated_at = clock_timestamp() where id = ${orderId}::uuid returning id
            )
            insert into bare_events (order_id, step) select id, ${step} from moved`,
      );
    },
  };
}
