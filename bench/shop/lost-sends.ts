import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Loss } from './outages.ts';

const failedAttempt = z.object({
  event: z.literal('attemptFailed'),
  activity: z.literal('sendNotice'),
  failureType: z.literal('DatabaseUnavailable'),
  workflowId: z.string(),
  startedAt: z.iso.datetime(),
  durationMs: z.number(),
});

/** The attempts to send a mail that could not write down what they had heard, by the workers' logs. */
export function lostSends(logsDir: string): Loss[] {
  const logs = readdirSync(logsDir).filter((name) => /^worker-\d+\.log/.test(name));
  return logs.flatMap((name) =>
    readFileSync(join(logsDir, name), 'utf8')
      .split('\n')
      .filter((line) => line.includes('"sendNotice"') && line.includes('"attemptFailed"'))
      .flatMap((line) => {
        const read = failedAttempt.safeParse(JSON.parse(line));
        if (!read.success) return [];
        const { workflowId, startedAt, durationMs } = read.data;
        const fromMs = Date.parse(startedAt);
        return [{ workflowId, fromMs, toMs: fromMs + durationMs }];
      }),
  );
}
