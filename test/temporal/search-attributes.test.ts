import proto from '@temporalio/proto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogger, type Logger } from '../../src/telemetry/logger.ts';
import { grpcCode } from '../../src/temporal/grpc.ts';
import type { Reach } from '../../src/temporal/ready.ts';
import { registerSearchAttributes, SearchAttributeConflict } from '../../src/temporal/search-attributes.ts';
import { searchAttributes } from '../../src/workflows/order/messages.ts';
import { connectToTemporal, type TestTemporal } from '../support/temporal.ts';
import { keepLines } from '../telemetry/lines.ts';

const names = Object.values(searchAttributes).map(({ name }) => name);
const { INDEXED_VALUE_TYPE_INT } = proto.temporal.api.enums.v1.IndexedValueType;

let temporal: TestTemporal;
let lines: readonly Record<string, unknown>[];
let logger: Logger;

beforeEach(async () => {
  const kept = keepLines();
  lines = kept.lines;
  logger = createLogger({ level: 'info', format: 'json' }, {}, kept.destination);
  temporal = await connectToTemporal('own');
});

afterEach(() => temporal.close());

async function registered(): Promise<string[]> {
  const { namespace } = temporal;
  const { customAttributes } = await temporal.connection.operatorService.listSearchAttributes({ namespace });
  return Object.keys(customAttributes);
}

const register = (reach: Reach = temporal.connection) =>
  registerSearchAttributes(reach, temporal.namespace, logger);

describe('the search attributes', () => {
  it('are registered where they are missing, and can be used at once', async () => {
    await register();
    expect(await registered()).toEqual(expect.arrayContaining(names));
    const query = `OrderStatus = 'processing' and NeedsAttention = true and OrderTotalMinor > 1`;
    expect(await temporal.client.workflow.count(query)).toMatchObject({ count: 0 });
  });

  it('are registered once when many processes start at once', async () => {
    await Promise.all(Array.from({ length: 5 }, () => register()));
    expect(await registered()).toEqual(expect.arrayContaining(names));
    await register();
    expect(lines.filter(({ event }) => event !== 'searchAttributesRegistered')).toEqual([]);
  });

  it('are not taken under another type', async () => {
    await temporal.connection.operatorService.addSearchAttributes({
      namespace: temporal.namespace,
      searchAttributes: { OrderStatus: INDEXED_VALUE_TYPE_INT },
    });
    await expect(register()).rejects.toThrow(SearchAttributeConflict);
  });

  it('are waited for until every part of the server knows them', async () => {
    const { workflowService, operatorService } = temporal.connection;
    let asked = 0;
    const notYet = Object.assign(new Error('3 INVALID_ARGUMENT'), {
      code: grpcCode.invalidArgument,
      details: 'no mapping defined for search attribute OrderStatus',
      metadata: {},
    });
    const forgetful = {
      listWorkflowExecutions: (request: object) => {
        asked += 1;
        return asked < 4 ? Promise.reject(notYet) : workflowService.listWorkflowExecutions(request);
      },
    };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Nothing else of it is asked.
    const slow = forgetful as unknown as Reach['workflowService'];
    await register({ workflowService: slow, operatorService });
    // The server itself may need a moment as well.
    expect(asked).toBeGreaterThanOrEqual(4);
  });

  it('are named to the operator where nobody may register them, as on Temporal Cloud', async () => {
    const denied = Object.assign(new Error('7 PERMISSION_DENIED'), {
      code: grpcCode.permissionDenied,
      details: 'Request unauthorized.',
      metadata: {},
    });
    const refusing = { listSearchAttributes: () => Promise.reject(denied) };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Whatever it is asked, it says no.
    const operatorService = refusing as unknown as Reach['operatorService'];
    await register({ workflowService: temporal.connection.workflowService, operatorService });
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'warn',
        reason: 'Request unauthorized.',
        names: expect.arrayContaining([
          'OrderStatus (KEYWORD)',
          'NeedsAttention (BOOL)',
          'OrderTotalMinor (INT)',
        ]),
      }),
    ]);
  });
});
