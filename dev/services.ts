/**
 * Starts only what tests need around them, Postgres and Temporal, prints the variables for a shell and stays until it is
 * told to end. `node dev/services.ts`, then in another shell the printed lines and `vitest run …`.
 */
import { startBackingServices } from './backing-services.ts';
import { messageOf } from './supervisor/errors.ts';
import { stopRequest } from './supervisor/signals.ts';

const say = (line: string) => console.error(line);
const stop = stopRequest();

try {
  const services = await startBackingServices(process.env, say, stop.signal);
  for (const [name, value] of Object.entries(services.variables)) console.log(`export ${name}='${value}'`);
  await stop.arrived;
  await services.stop();
  process.exit(0);
} catch (error) {
  say(messageOf(error));
  process.exit(1);
}
