import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import packageJson from '../../package.json' with { type: 'json' };

const gitDir = fileURLToPath(new URL('../../.git', import.meta.url));

/** Which code this is, where `BUILD_ID` does not say so: the package's version and, in a clone, its commit. */
export function defaultBuildId(): string {
  const { version } = packageJson;
  const commit = currentCommit();
  return commit === undefined ? version : `${version}-${commit.slice(0, 12)}`;
}

function currentCommit(): string | undefined {
  const head = read(join(gitDir, 'HEAD'));
  if (head === undefined || !head.startsWith('ref: ')) return head;
  const ref = head.slice('ref: '.length);
  const packed = read(join(gitDir, 'packed-refs'))?.split('\n');
  return read(join(gitDir, ref)) ?? packed?.find((line) => line.endsWith(` ${ref}`))?.split(' ')[0];
}

function read(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}
