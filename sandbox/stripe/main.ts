import { runUntilSignal } from '../shared/run.ts';
import { configFromEnvironment } from './config.ts';
import { startStripeSandbox } from './server.ts';

await runUntilSignal(
  'stripe',
  () => startStripeSandbox(configFromEnvironment(process.env)),
  ({ url, port }) => ({ url, port }),
);
