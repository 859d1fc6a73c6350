import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { startCpuMeter, total } from '../../bench/cpu/meter.ts';
import { parseStat } from '../../bench/cpu/process-table.ts';

test('a process is read whatever its name holds', () => {
  const stat = '4711 (a) b (c)) S 42 4711 4711 0 -1 4194560 1 2 3 4 150 50 9 9 20 0 1 0 1 1 1';
  expect(parseStat(stat)).toEqual({ pid: 4711, parent: 42, cpuMs: 2_000 });
});

/** Burns CPU in a process that it starts, and ends. */
const burner = `
  const { spawnSync } = require('node:child_process');
  const usedMs = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
  const burn = (ms) => { const end = usedMs() + ms; while (usedMs() < end); };
  if (process.argv[1] === 'child') { burn(1500); process.exit(0); }
  process.stdin.once('data', () => {
    spawnSync(process.execPath, ['-e', process.env.BURNER, 'child'], { env: process.env });
    process.stdout.write('burnt');
  });`;

test('what a process and those that it has started use is counted, also of those that have ended', async () => {
  const child = spawn(process.execPath, ['-e', burner], {
    env: { ...process.env, BURNER: burner },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const meter = startCpuMeter({ burner: child.pid ?? 0 });
  child.stdin.write('go');
  await once(child.stdout, 'data');
  const used = meter.stop();
  child.kill();
  expect(Object.keys(used)).toEqual(['burner']);
  // The last half second of a process that ends may be missed.
  expect(total(used)).toBeGreaterThan(900);
  expect(total(used)).toBeLessThan(10_000);
});
