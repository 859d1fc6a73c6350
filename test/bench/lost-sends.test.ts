import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lostSends } from '../../bench/shop/lost-sends.ts';

const failed = {
  level: 'warn',
  event: 'attemptFailed',
  workflowId: 'notice-o-1-confirmed',
  activity: 'sendNotice',
  startedAt: '2026-01-01T00:00:10.000Z',
  durationMs: 250,
  failureType: 'DatabaseUnavailable',
};

test('mails that a worker could not write down are found in its log', () => {
  const directory = mkdtempSync(join(tmpdir(), 'order-saga-logs-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const lines = [
    failed,
    { ...failed, failureType: 'ProviderUnavailable' },
    { ...failed, activity: 'buyLabel' },
    { ...failed, event: 'attemptSucceeded' },
  ].map((line) => JSON.stringify(line));
  writeFileSync(join(directory, 'worker-2.log'), `Node says something\n${lines.join('\n')}\n`);
  writeFileSync(join(directory, 'api.log'), `${lines[0]}\n`);
  const fromMs = Date.parse(failed.startedAt);
  expect(lostSends(directory)).toEqual([{ workflowId: failed.workflowId, fromMs, toMs: fromMs + 250 }]);
});
