import type { Part } from '../../dev/supervisor/part.ts';

/** Kills a part with SIGKILL and keeps it away until it is started again. */
export async function crash(part: Part): Promise<void> {
  part.kill('SIGKILL');
  await part.stop();
}
