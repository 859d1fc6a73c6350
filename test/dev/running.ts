import { identify } from '../../dev/supervisor/process-identity.ts';

/** Whether a process runs. One that has ended and waits to be noticed by its parent does not. */
export function isRunning(pid: number | undefined): boolean {
  return pid !== undefined && identify(pid) !== undefined;
}
