import { runUntilSignal } from '../shared/run.ts';
import { configFromEnvironment } from './config.ts';
import { startMailSandbox } from './server.ts';

await runUntilSignal(
  'mail',
  () => startMailSandbox(configFromEnvironment(process.env)),
  ({ url, smtpUrl, smtpPort, inboxPort }) => ({ url, smtpUrl, smtpPort, inboxPort }),
);
