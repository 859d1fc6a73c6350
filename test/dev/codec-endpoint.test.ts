import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { anyPorts } from '../../dev/choose-ports.ts';
import { cliServerSpec } from '../../dev/temporal/cli-server.ts';
import { uiSpec } from '../../dev/temporal/ui.ts';

const directory = mkdtempSync(join(tmpdir(), 'order-saga-ui-'));
afterAll(() => rmSync(directory, { recursive: true }));

const endpoint = 'http://localhost:3000/codec';

function uiConfig(codecEndpoint: string | undefined) {
  const built = { server: '/server', ui: '/ui', sqlTool: '/tool' };
  const where = { directory, port: 8233, temporalAddress: '127.0.0.1:7233', namespace: 'default', env: {} };
  uiSpec(built, { ...where, codecEndpoint });
  const written: unknown = JSON.parse(readFileSync(join(directory, 'development.yaml'), 'utf8'));
  return z.looseObject({ codec: z.unknown().optional() }).parse(written).codec;
}

async function cliArguments(codecEndpoint: string | undefined) {
  return cliServerSpec(
    { program: '/temporal', serverVersion: '1.32.0' },
    {
      directory,
      ports: await anyPorts(),
      postgres: () => Promise.reject(new Error('not needed')),
      namespace: 'default',
      ui: true,
      codecEndpoint,
      oldest: '1.29.0',
      dynamicConfig: {},
      env: {},
    },
  ).args;
}

describe('the Temporal Web UI', () => {
  it('has encrypted payloads opened by the API', async () => {
    expect(uiConfig(endpoint)).toEqual({ endpoint });
    const args = await cliArguments(endpoint);
    expect(args[args.indexOf('--ui-codec-endpoint') + 1]).toBe(endpoint);
  });

  it('asks nobody where nothing is encrypted', async () => {
    expect(uiConfig(undefined)).toBeUndefined();
    expect(await cliArguments(undefined)).not.toContain('--ui-codec-endpoint');
  });
});
