import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { countsOf } from '../../dev/test-counts.ts';

const directory = mkdtempSync(join(tmpdir(), 'order-saga-counts-'));
const file = join(directory, 'results.json');
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const passed = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
const brokenFile = { status: 'failed', assertionResults: [] };
const failedFile = { status: 'failed', assertionResults: [{ status: 'failed' }] };

test.for([
  ['a run in which all is well', passed, 0, '3 passed, 0 failed'],
  ['a failed test', { ...passed, numFailedTests: 1, testResults: [failedFile] }, 1, '3 passed, 1 failed'],
  ['a file that cannot be loaded', { ...passed, testResults: [brokenFile] }, 1, '3 passed, 1 failed'],
  ['an error outside of every test', passed, 1, '3 passed, 1 failed'],
  ['skipped tests', { ...passed, numPendingTests: 1, numTodoTests: 1 }, 0, '3 passed, 0 failed, 2 skipped'],
] as const)('counts %s', ([, results, exitCode, line]) => {
  writeFileSync(file, JSON.stringify(results));
  expect(countsOf(file, exitCode)).toBe(line);
});

test('a run that left no results counts as one failure', () => {
  rmSync(file, { force: true });
  expect(countsOf(file, 1)).toBe('0 passed, 1 failed');
});
