import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mutants, type Mutant } from './mutants.ts';

/** Starting the service and recording its orders takes most of it. */
const runTimeoutMs = 150_000;
const maxOutputBytes = 16 * 1024 * 1024;
const root = join(import.meta.dirname, '../..');
const copied = ['src', 'test', 'sandbox', 'dev', 'package.json', 'tsconfig.json', 'vitest.config.ts'];
const run = promisify(execFile);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'order-saga-mutants-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The project as it is, in a folder of its own, so that breaking it harms nobody. */
async function copyOf(name: string): Promise<string> {
  const copy = join(folder, name.replaceAll(/\W+/g, '-'));
  await Promise.all(copied.map((part) => cp(join(root, part), join(copy, part), { recursive: true })));
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

async function apply({ edits }: Mutant, copy: string): Promise<void> {
  for (const { file, find, put } of edits) {
    const path = join(copy, 'src', file);
    const source = await readFile(path, 'utf8');
    expect(source.split(find), `${file} holds once: ${find}`).toHaveLength(2);
    await writeFile(
      path,
      source.replace(find, () => put),
    );
  }
}

/** How the harness judges, and what it says. */
interface Verdict {
  readonly green: boolean;
  readonly passed: number;
  readonly output: string;
}

interface Report {
  readonly success: boolean;
  readonly numPassedTests: number;
}

/** Runs the part of the harness that the mutant is about, in the copy. */
async function judge({ suite, tests }: Mutant, copy: string): Promise<Verdict> {
  const outputFile = join(copy, 'report.json');
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const options = ['--reporter=default', '--reporter=json', `--outputFile.json=${outputFile}`, '-t', tests];
  const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };
  const { stdout, stderr } = await run(process.execPath, [vitest, 'run', suite, ...options], {
    cwd: copy,
    env,
    timeout: runTimeoutMs,
    maxBuffer: maxOutputBytes,
  }).catch((failure: { stdout: string; stderr: string }) => failure); // Red is an answer like green.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- vitest's own report
  const report = JSON.parse(await readFile(outputFile, 'utf8')) as Report;
  return { green: report.success, passed: report.numPassedTests, output: `${stdout}${stderr}` };
}

describe.each(mutants)('the harness, for $name,', (mutant) => {
  test(
    'is green as long as nothing is broken',
    async () => {
      const verdict = await judge(mutant, await copyOf(`${mutant.name} intact`));
      expect(verdict).toMatchObject({ green: true });
      expect(verdict.passed).toBeGreaterThan(0);
    },
    runTimeoutMs,
  );

  test(
    'turns red once it is broken',
    async () => {
      const copy = await copyOf(mutant.name);
      await apply(mutant, copy);
      const verdict = await judge(mutant, copy);
      expect(verdict).toMatchObject({ green: false, output: expect.stringMatching(mutant.complaint) });
    },
    runTimeoutMs,
  );
});
