import { DefaultLogger, Runtime } from '@temporalio/worker';

/** Has the SDK say only what is an error: it warns of whatever fails, and here things fail on purpose. Once a process, before its first worker. */
export function quietTemporal(): void {
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
}
