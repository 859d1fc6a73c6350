import { describe, expect, it } from 'vitest';
import type { Reach } from '../../src/temporal/ready.ts';
import { checkServer, TemporalTooOld } from '../../src/temporal/server.ts';

/** A connection to a server that calls itself so. */
function serverThatSays(serverVersion: string): Pick<Reach, 'workflowService'> {
  const workflowService = { getSystemInfo: async () => ({ serverVersion }) };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Nothing else of the service is asked.
  return { workflowService: workflowService as unknown as Reach['workflowService'] };
}

describe('a Temporal server', () => {
  it.each(['1.32.0', '1.40.0', 'v1.33.1', '2.0.0', '1.32.0-151.1'])(
    'of version %s will do',
    async (version) => {
      expect(await checkServer(serverThatSays(version))).toBe(version);
    },
  );

  it.each(['1.31.9', '1.9.0', '0.40.0', 'v1.31.1-cloud.3'])(
    'of version %s is refused by name',
    async (version) => {
      const checked = checkServer(serverThatSays(version));
      await expect(checked).rejects.toThrow(TemporalTooOld);
      await expect(checked).rejects.toThrow(`the Temporal server is ${version}, and 1.32 or newer is needed`);
    },
  );

  it.each(['', 'main'])('that calls itself %j is given the benefit of the doubt', async (version) => {
    expect(await checkServer(serverThatSays(version))).toBeNull();
  });
});
