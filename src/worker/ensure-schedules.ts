import { isDeepStrictEqual } from 'node:util';
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import type { BuiltInSchedule } from '../activities/jobs/schedules.ts';
import { seeToAllDue } from '../db/schedules/due-ticks.ts';
import { transaction } from '../db/pool.ts';
import {
  defineSchedule,
  findSchedule,
  listSchedules,
  lockScheduleId,
  pauseNoteOf,
  type Schedule,
} from '../db/schedules/schedules.ts';
import { describeFailure } from '../domain/described-failure.ts';
import type { ScheduledType } from '../domain/scheduled-type.ts';
import type { Events } from '../telemetry/events.ts';
import { isRefusedSchedule } from '../temporal/ensure-schedule.ts';
import { ensureJobSchedule } from '../temporal/job-schedules.ts';

interface DefiningContext {
  readonly pool: Pool;
  readonly events: Pick<Events, 'tickTaken' | 'reconcilerFailed'>;
  readonly scheduledTypes: readonly ScheduledType[];
}

/**
 * Writes down what this release says of its schedules, and brings Temporal to what Postgres says of all of them. Safe when many
 * workers start at once, and beside operators who change something meanwhile. One that Temporal refuses is told of and left out.
 */
export async function ensureSchedules(
  ctx: DefiningContext,
  client: Client,
  builtIn: readonly BuiltInSchedule[],
): Promise<void> {
  for (const schedule of builtIn) await define(ctx, schedule);
  for (const schedule of await listSchedules(ctx.pool)) await bringUnlessRefused(ctx, client, schedule);
}

/** What has fallen due so far was due by the settings of the release before. */
async function define(
  { pool, events, scheduledTypes }: DefiningContext,
  schedule: BuiltInSchedule,
): Promise<void> {
  const { id, jobType, settings } = schedule;
  const taken = await transaction(pool, async (tx) => {
    const known = await lockScheduleId(tx, id);
    const isSame = known?.jobType === jobType && isDeepStrictEqual(known.settings, settings);
    const isChange = known && !known.isOverridden && !isSame;
    const due = isChange ? await seeToAllDue(tx, known, scheduledTypes) : [];
    await defineSchedule(tx, id, jobType, settings);
    return due;
  });
  for (const one of taken) events.tickTaken({ scheduleId: id, ...one, cause: 'catch_up' });
}

async function bringUnlessRefused(
  { pool, events }: DefiningContext,
  client: Client,
  schedule: Schedule,
): Promise<void> {
  try {
    await bring(pool, client, schedule);
  } catch (error) {
    if (!isRefusedSchedule(error)) throw error;
    const { type: failureType, message: failureMessage } = describeFailure(error);
    events.reconcilerFailed({ kind: 'schedule', subject: schedule.id, failureType, failureMessage });
  }
}

async function bring(pool: Pool, client: Client, schedule: Schedule): Promise<void> {
  const { id, settings } = schedule;
  await ensureJobSchedule(client, { id, settings, pauseNote: pauseNoteOf(schedule) });
  const now = await findSchedule(pool, id);
  // Whoever has changed it meanwhile may have told Temporal of it before this did.
  if (now && !isDeepStrictEqual(now.settings, settings)) await bring(pool, client, now);
}
