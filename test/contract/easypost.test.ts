import { afterAll, beforeAll, describe } from 'vitest';
import { startEasyPostSandbox, type EasyPostSandbox } from '../../sandbox/easypost/server.ts';
import { easyPostContract } from './easypost.contract.ts';

describe('EasyPost’s sandbox', () => {
  let sandbox: EasyPostSandbox;
  beforeAll(async () => {
    sandbox = await startEasyPostSandbox();
  });
  afterAll(() => sandbox.close());

  easyPostContract(() => ({ apiKey: 'EZTKcontract', apiBase: sandbox.apiUrl }));
});

const apiKey = testKey(process.env['EASYPOST_TEST_API_KEY']);

describe.skipIf(!apiKey)('EasyPost itself (asks for EASYPOST_TEST_API_KEY)', { timeout: 60_000 }, () => {
  easyPostContract(() => ({ apiKey: apiKey ?? '' }));
});

/** No test pays for a label. */
function testKey(key: string | undefined): string | undefined {
  if (key && !key.startsWith('EZTK'))
    throw new Error('EASYPOST_TEST_API_KEY is not a key of EasyPost’s test mode');
  return key;
}
