import { setTimeout as pause } from 'node:timers/promises';
import { startCpuMeter } from '../cpu/meter.ts';
import { rangeOf, shown } from '../report/range.ts';
import { restTimeoutMs, type Section } from './section.ts';

const windowMs = 10_000;

/** What each process uses while there is nothing to do. */
export const idle: Section = {
  title: 'Idle',
  async run({ runners, rounds }) {
    const [service] = await runners();
    await service.untilAtRest(restTimeoutMs);
    const windows: Record<string, number>[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const meter = startCpuMeter(service.processes());
      const startedMs = performance.now();
      await pause(windowMs);
      const elapsedMs = performance.now() - startedMs;
      windows.push(
        Object.fromEntries(Object.entries(meter.stop()).map(([name, ms]) => [name, ms / elapsedMs])),
      );
    }
    const names = [...new Set(windows.flatMap((window) => Object.keys(window)))];
    const rows = names.map((name) => [
      name,
      shown(rangeOf(windows.map((window) => window[name] ?? 0)), percent),
    ]);
    return {
      tables: [{ columns: ['process', 'CPU, share of one core'], rows }],
      notes: [`${rounds} windows of ${windowMs / 1_000} s; min / median / max of them.`],
      figures: { windows },
    };
  },
};

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
