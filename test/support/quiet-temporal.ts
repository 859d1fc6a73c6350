import { DefaultLogger, Runtime } from '@temporalio/worker';

let isQuiet = false;

/** The SDK warns of every attempt that fails, and here they fail on purpose. It is told once a process. */
export function quietTemporal(): void {
  if (isQuiet) return;
  isQuiet = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
}
