/**
 * Starts only what tests need around them, Postgres and Temporal, prints the variables for a shell and stays until it is
 * told to end. `node dev/services.ts`, then in another shell the printed lines and `vitest run …`.
 */
import { startBackingServices } from './backing-services.ts';
import { untilAskedToStop } from './supervisor/signals.ts';

const say = (line: string) => console.error(line);

const services = await startBackingServices(process.env, say);
for (const [name, value] of Object.entries(services.variables)) console.log(`export ${name}='${value}'`);
await untilAskedToStop();
await services.stop();
process.exit(0);
