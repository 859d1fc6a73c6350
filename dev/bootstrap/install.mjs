import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdInstallLock } from './install-lock.mjs';

const root = join(import.meta.dirname, '../..');
const progressEveryMs = 5_000;
/** npm says first what is wrong, and then how it is used. */
const shownLines = 15;

/** Installs the dependencies if what is there is not what package-lock.json lists. */
export async function install(say) {
  if (isUpToDate()) return;
  const release = await holdInstallLock(root, () =>
    say('Waiting for another start that installs the dependencies …'),
  );
  try {
    if (!isUpToDate()) await runNpm(say);
  } finally {
    release();
  }
}

/** npm notes what it has installed in a file of the same form; packages for other platforms are not there. */
function isUpToDate() {
  const installed = packagesIn(join(root, 'node_modules/.package-lock.json'));
  const wanted = packagesIn(join(root, 'package-lock.json'));
  if (wanted === undefined)
    throw new Error(`There is no package-lock.json in ${root}: the clone is not complete.`);
  if (installed === undefined) return false;
  return Object.entries(wanted).every(([path, { version, optional }]) => {
    if (path === '') return true;
    const present = installed[path];
    return present === undefined
      ? optional === true
      : present.version === version && existsSync(join(root, path));
  });
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/** No dependency needs its install script, so none is run. */
async function runNpm(say) {
  const startedAtMs = Date.now();
  const seconds = () => Math.round((Date.now() - startedAtMs) / 1000);
  say('Installing the dependencies with npm ci …');
  const progress = setInterval(() => say(`Installing the dependencies … ${seconds()} s`), progressEveryMs);
  const { npm_execpath: npm, npm_node_execpath: node } = process.env;
  const command = npm === undefined || node === undefined ? ['npm'] : [node, npm];
  const options = [
    'ci',
    '--ignore-scripts',
    '--include=dev',
    '--include=optional',
    '--no-audit',
    '--no-fund',
  ];
  const child = spawn(command[0], [...command.slice(1), ...options], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  }
  const end = await new Promise((done) => {
    child.once('error', (error) => done(error.code === 'ENOENT' ? 'npm is not on the PATH' : error.message));
    child.once('close', (code, signal) => done(signal ?? code));
  });
  clearInterval(progress);
  if (end !== 0) {
    const errors = output.split('\n').filter((line) => line.startsWith('npm error ') && line.length > 10);
    throw new Error([`npm ci failed (${end}):`, ...errors.slice(0, shownLines)].join('\n'));
  }
  say(`Installed the dependencies in ${seconds()} s.`);
}
