/** `npm start`: everything on this machine, until Ctrl-C or SIGTERM. `DATA_DIR` (default `.data`) holds what is kept. */
import { startConstellation } from './constellation.ts';
import { screen } from './screen.ts';
import { messageOf } from './supervisor/errors.ts';
import { stopRequest } from './supervisor/signals.ts';

const say = (line: string) => console.log(line);
const stop = stopRequest();
stop.signal.addEventListener('abort', () => say(`\n${stop.signal.reason}: stopping …`));

try {
  const constellation = await startConstellation({
    dataDir: process.env['DATA_DIR'] || '.data',
    env: process.env,
    say,
    ports: 'remembered',
    disposable: false,
    signal: stop.signal,
  });
  say(screen(constellation));
  await stop.arrived;
  await constellation.stop();
} catch (error) {
  if (!stop.signal.aborted) {
    console.error(messageOf(error));
    process.exit(1);
  }
}
say('Everything has stopped.');
process.exit(0);
