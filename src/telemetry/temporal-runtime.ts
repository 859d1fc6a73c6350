import { createServer } from 'node:net';
import { Runtime } from '@temporalio/worker';
import type { Logger } from './logger.ts';
import { forwardTemporalLogs } from './temporal-logs.ts';

/** How long the SDK may take to give its metrics. */
const scrapeTimeoutMs = 1_000;

/** A port that was free may be taken a moment later by somebody else. */
const portTries = 5;

/**
 * Sets up the SDK's core for this process, before anything else of its worker is used: its logs go into ours, signals are
 * left to us. Gives what reads the SDK's own metrics, in Prometheus' text format.
 */
export async function installTemporalRuntime(logger: Logger): Promise<() => Promise<string>> {
  for (let tries = 1; ; tries += 1) {
    const bindAddress = `127.0.0.1:${await freePort()}`;
    try {
      install(logger, bindAddress);
      return () => scrape(bindAddress);
    } catch (error) {
      if (tries >= portTries) throw error;
    }
  }
}

function install(logger: Logger, bindAddress: string): void {
  Runtime.install({
    logger: forwardTemporalLogs(logger),
    shutdownSignals: [],
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      metrics: {
        attachServiceName: false,
        prometheus: {
          bindAddress,
          countersTotalSuffix: true,
          unitSuffix: true,
          useSecondsForDurations: true,
        },
      },
    },
  });
}

async function scrape(bindAddress: string): Promise<string> {
  const response = await fetch(`http://${bindAddress}/metrics`, {
    signal: AbortSignal.timeout(scrapeTimeoutMs),
  });
  return response.text();
}

/** The SDK cannot say which port it got, so it is given one. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('a port was not given');
  return address.port;
}
