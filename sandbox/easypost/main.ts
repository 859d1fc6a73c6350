import { runUntilSignal } from '../shared/run.ts';
import { configFromEnvironment } from './config.ts';
import { startEasyPostSandbox } from './server.ts';

await runUntilSignal(
  'easypost',
  () => startEasyPostSandbox(configFromEnvironment(process.env)),
  ({ url, apiUrl, port }) => ({ url, apiUrl, port }),
);
