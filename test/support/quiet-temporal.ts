import { DefaultLogger, Runtime } from '@temporalio/worker';

let isQuiet = false;

/** Has the SDK say only what is an error: it warns of whatever fails, and here things fail on purpose. Before the process's first worker. */
export function quietTemporal(): void {
  if (isQuiet) return;
  isQuiet = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
}
