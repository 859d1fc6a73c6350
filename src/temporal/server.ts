import type { ConnectionLike } from '@temporalio/client';

/** The oldest server that has what the service uses. */
export const oldestServer = { major: 1, minor: 32 } as const;

/** The server is older than `oldestServer`; no waiting helps. */
export class TemporalTooOld extends Error {
  override readonly name = 'TemporalTooOld';
}

/**
 * Asks the server for its version, such as `1.32.0`; null when it does not say in a way that can be compared.
 * Throws TemporalTooOld.
 */
export async function checkServer(
  connection: Pick<ConnectionLike, 'workflowService'>,
): Promise<string | null> {
  const { serverVersion } = await connection.workflowService.getSystemInfo({});
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(serverVersion ?? '') ?? [];
  if (major === undefined || minor === undefined) return null;
  const { major: oldestMajor, minor: oldestMinor } = oldestServer;
  if (Number(major) < oldestMajor || (Number(major) === oldestMajor && Number(minor) < oldestMinor)) {
    throw new TemporalTooOld(
      `the Temporal server is ${serverVersion}, and ${oldestMajor}.${oldestMinor} or newer is needed`,
    );
  }
  return serverVersion;
}
