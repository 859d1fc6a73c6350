/** `npm start`: everything on this machine, until Ctrl-C or SIGTERM. `DATA_DIR` (default `.data`) holds what is kept. */
import { startConstellation } from './constellation.ts';
import { screen } from './screen.ts';
import { messageOf } from './supervisor/errors.ts';
import { untilAskedToStop } from './supervisor/signals.ts';

const say = (line: string) => console.log(line);
const abort = new AbortController();
const asked = untilAskedToStop((signal) => {
  say(`\n${signal}: stopping …`);
  abort.abort(signal);
});

try {
  const constellation = await startConstellation({
    dataDir: process.env['DATA_DIR'] || '.data',
    env: process.env,
    say,
    ports: 'remembered',
    disposable: false,
    signal: abort.signal,
  });
  say(screen(constellation));
  await asked;
  await constellation.stop();
} catch (error) {
  if (!abort.signal.aborted) {
    console.error(messageOf(error));
    process.exit(1);
  }
}
say('Everything has stopped.');
process.exit(0);
