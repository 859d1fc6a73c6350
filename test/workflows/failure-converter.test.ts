import { fileURLToPath } from 'node:url';
import { ApplicationFailure, Client, WorkflowFailedError } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDataConverter } from '../../src/temporal/data-converter.ts';
import { PayloadKeyMissing } from '../../src/temporal/payload-codec.ts';
import { failureConverter as encodingConverter } from '../../src/workflows/encoding-failure-converter.ts';
import { failureConverter } from '../../src/workflows/failure-converter.ts';
import { connectToTemporal, type TestTemporal } from '../support/temporal.ts';

describe('a failure on its way into a history', () => {
  it('loses personal data and secrets, its causes too, and keeps its type', () => {
    const cause = new Error('SMTP refused ann@shop.example');
    const failure = ApplicationFailure.create({
      type: 'MailRefused',
      message: 'key sk_test_abcdefgh is wrong',
      cause,
    });
    const written = failureConverter.errorToFailure(failure, defaultPayloadConverter);
    expect(written).toMatchObject({
      message: 'key [key] is wrong',
      applicationFailureInfo: { type: 'MailRefused' },
      cause: { message: 'SMTP refused [email]' },
    });
    expect(JSON.stringify(written)).not.toMatch(/ann@|sk_test_/);
  });

  it('comes back as the failure that it was', () => {
    const failure = ApplicationFailure.create({ type: 'OutOfStock', message: 'no mugs', nonRetryable: true });
    const written = failureConverter.errorToFailure(failure, defaultPayloadConverter);
    const read = failureConverter.failureToError(written, defaultPayloadConverter);
    expect(read).toMatchObject({ type: 'OutOfStock', message: 'no mugs', nonRetryable: true });
  });
});

describe('a failure that is to be encrypted', () => {
  it('is redacted before it becomes a payload, and comes back with its type', () => {
    const failure = ApplicationFailure.create({
      type: 'MailRefused',
      message: 'SMTP refused ann@shop.example',
      cause: new Error('the cause'),
    });
    const written = encodingConverter.errorToFailure(failure, defaultPayloadConverter);
    expect(written).toMatchObject({
      message: 'Encoded failure',
      stackTrace: '',
      applicationFailureInfo: { type: 'MailRefused' },
      cause: { message: 'Encoded failure' },
    });
    const encoded = Buffer.from(written.encodedAttributes?.data ?? []).toString();
    expect(encoded).toContain('SMTP refused [email]');
    expect(JSON.stringify(written) + encoded).not.toContain('ann@');
    expect(encodingConverter.failureToError(written, defaultPayloadConverter)).toMatchObject({
      type: 'MailRefused',
      message: 'SMTP refused [email]',
      cause: { message: 'the cause' },
    });
  });

  it('stays in clear text where it tells of a key that is missing', () => {
    const error = new PayloadKeyMissing('the key "k1" is missing');
    const told = [error, ApplicationFailure.fromError(error, { message: 'no arguments: the key "k1"' })];
    for (const one of told) {
      const written = encodingConverter.errorToFailure(one, defaultPayloadConverter);
      expect(written.message).toContain('the key "k1"');
    }
  });
});

describe('workflows, workers and clients', () => {
  let temporal: TestTemporal;

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    temporal = await connectToTemporal();
  });

  afterAll(() => temporal.close());

  it('all redact what fails', async () => {
    const { connection, namespace, taskQueue } = temporal;
    const dataConverter = createDataConverter();
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue,
      dataConverter,
      workflowsPath: fileURLToPath(new URL('./leaking-workflow.ts', import.meta.url)),
      activities: {
        leak: () =>
          Promise.reject(ApplicationFailure.nonRetryable('card 4242424242424242 of ann@shop.example')),
      },
    });
    const client = new Client({ connection, namespace, dataConverter });
    const workflowId = `leak-${taskQueue}`;
    const run = client.workflow.execute('leaking', { taskQueue, workflowId });
    await expect(worker.runUntil(run)).rejects.toThrow(WorkflowFailedError);
    const history = JSON.stringify(await client.workflow.getHandle(workflowId).fetchHistory());
    expect(history).toContain('card [card] of [email]');
    expect(history).toContain('told [email]');
    expect(history).not.toMatch(/42424242|@shop/);
  });
});
