import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** What is read of vitest's results. */
const resultsSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(
    z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) }),
  ),
});
type Results = z.infer<typeof resultsSchema>;

/**
 * One line that counts the tests of a run. A file that fails outside its tests counts as a failed test, and so does a run
 * that failed without saying where.
 */
export function countsOf(resultsFile: string, exitCode: number): string {
  const results = readResults(resultsFile);
  const brokenFiles = results.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  const named = results.numFailedTests + brokenFiles.length;
  const failed = named === 0 && exitCode !== 0 ? 1 : named;
  const skipped = results.numPendingTests + results.numTodoTests;
  return `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

function readResults(file: string): Results {
  try {
    return resultsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
  }
}
