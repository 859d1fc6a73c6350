import { isDeepStrictEqual } from 'node:util';
import type { Client } from '@temporalio/client';
import type { Pool } from 'pg';
import type { BuiltInSchedule } from '../activities/jobs/schedules.ts';
import { defineSchedule, findSchedule, listSchedules, pauseNoteOf, type Schedule } from '../db/schedules.ts';
import { ensureJobSchedule } from '../temporal/job-schedules.ts';

/**
 * Writes down what this release says of its schedules, and brings Temporal to what Postgres says of all of them. Safe when many
 * workers start at once, and beside operators who change something meanwhile.
 */
export async function ensureSchedules(
  pool: Pool,
  client: Client,
  builtIn: readonly BuiltInSchedule[],
): Promise<void> {
  for (const { id, jobType, settings } of builtIn) await defineSchedule(pool, id, jobType, settings);
  for (const schedule of await listSchedules(pool)) await bring(pool, client, schedule);
}

async function bring(pool: Pool, client: Client, schedule: Schedule): Promise<void> {
  const { id, settings } = schedule;
  await ensureJobSchedule(client, { id, settings, pauseNote: pauseNoteOf(schedule) });
  const now = await findSchedule(pool, id);
  // Whoever has changed it meanwhile may have told Temporal of it before this did.
  if (now && !isDeepStrictEqual(now.settings, settings)) await bring(pool, client, now);
}
