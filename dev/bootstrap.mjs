/**
 * Runs a TypeScript file of the project on Node 24, from any Node ≥ 20: `node dev/bootstrap.mjs <file> [arguments]`.
 * Installs the dependencies first where they are missing or older than package-lock.json asks for.
 */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { install } from './bootstrap/install.mjs';
import { findNode, neededMajor, majorOf } from './bootstrap/node.mjs';

const oldestMajor = 20;
const [file, ...args] = process.argv.slice(2);

try {
  if (file === undefined) throw new Error('usage: node dev/bootstrap.mjs <file> [arguments]');
  if (majorOf(process.version) < oldestMajor) {
    throw new Error(
      `Node ${process.version} is too old: version ${oldestMajor} is the oldest that can start this.`,
    );
  }
  await install((line) => console.error(line));
  if (majorOf(process.version) >= neededMajor) await runHere(resolve(file));
  else runWith(findNode(), resolve(file));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

async function runHere(script) {
  process.argv.splice(1, 2, script);
  await import(pathToFileURL(script).href);
}

/** The channel between the two tells the child when this process is killed. */
function runWith(node, script) {
  const child = spawn(node, [script, ...args], { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', (error) => {
    console.error(`${node} could not be started: ${error.message}`);
    process.exit(1);
  });
  child.once('exit', (code) => process.exit(code ?? 1));
}
