import { afterAll, beforeAll, expect, it } from 'vitest';
import { Secret } from '../../src/config/secrets.ts';
import { connectTemporal, type Temporal } from '../../src/temporal/connection.ts';
import { createDataConverter } from '../../src/temporal/data-converter.ts';
import { grpcCode, grpcCodeOf } from '../../src/temporal/grpc.ts';
import { openLink, type Link } from '../relay/link.ts';
import { addressOf } from '../support/backing-services.ts';

let link: Link;
let temporal: Temporal;

beforeAll(async () => {
  link = await openLink(addressOf('TEST_TEMPORAL_ADDRESS'));
  const { address } = link;
  temporal = connectTemporal(
    { address, namespace: 'default', connection: new Secret({ address }) },
    'connection test',
    createDataConverter(),
  );
});

afterAll(async () => {
  await temporal.close();
  await link.close();
});

const call = (timeoutMs: number) =>
  temporal
    .withTimeout(timeoutMs, () => temporal.client.workflowService.getSystemInfo({}))
    .then(() => 'answered', grpcCodeOf);

it('a client connects by itself, fails at once while Temporal is away, and connects again', async () => {
  expect(await call(5_000)).toBe('answered');
  link.cut('refuse');
  await expect.poll(() => call(60_000)).toBe(grpcCode.unavailable);
  link.mend();
  await expect.poll(() => call(5_000), { timeout: 5_000 }).toBe('answered');
});

it('a call to a server that has fallen silent ends with its time-out', async () => {
  await expect.poll(() => call(5_000)).toBe('answered');
  link.cut('hang');
  expect(await call(300)).toBe(grpcCode.deadlineExceeded);
  link.mend();
});

it('a client tries to connect at least every second or so, however long Temporal has been away', async () => {
  link.cut('refuse');
  const before = link.attempts();
  const tried = async () => {
    await call(1_000);
    return link.attempts() - before;
  };
  // Left alone, gRPC would take three times as long for as many, and then two minutes for each.
  await expect.poll(tried, { timeout: 12_000 }).toBeGreaterThan(10);
  link.mend();
});
