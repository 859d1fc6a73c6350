/**
 * `npm start [-- --apis=1 --workers=2 --heavy=1]`: everything on this machine, until Ctrl-C or SIGTERM. `DATA_DIR` (default `.data`)
 * holds what is kept.
 */
import { parseArgs } from 'node:util';
import { startConstellation } from './constellation.ts';
import { screen } from './screen.ts';
import type { Counts } from './service-processes.ts';
import { messageOf } from './supervisor/errors.ts';
import { progress } from './supervisor/progress.ts';
import { stopRequest } from './supervisor/signals.ts';

const say = (line: string) => console.log(line);
// A terminal that is closed takes its output with it; stopping in order goes on.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
const stop = stopRequest();
stop.signal.addEventListener('abort', () => say(`\n${stop.signal.reason}: stopping …`));

try {
  const constellation = await startConstellation({
    dataDir: process.env['DATA_DIR'] || '.data',
    env: process.env,
    say,
    ports: 'remembered',
    disposable: false,
    ...counts(),
    signal: stop.signal,
  });
  say(screen(constellation));
  await stop.arrived;
  await progress(say, 'finishing what is in flight', constellation.stop);
} catch (error) {
  if (!stop.signal.aborted) {
    console.error(messageOf(error));
    process.exit(1);
  }
}
say('Everything has stopped.');
process.exit(0);

/** How many APIs and workers are asked for. */
function counts(): Counts {
  const option = { type: 'string' } as const;
  const { values } = parseArgs({ options: { apis: option, workers: option, heavy: option } });
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      // Without workers of their own heavy jobs are done by the others.
      const least = name === 'heavy' ? 0 : 1;
      if (!/^\d{1,2}$/.test(value) || Number(value) < least)
        throw new Error(`--${name}=${value}: from ${least} to 99 of them can be started`);
      return [name, Number(value)];
    }),
  );
}
