import type { ConnectionLike } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { Logger } from '../telemetry/logger.ts';
import { searchAttributes } from '../workflows/order/messages.ts';
import { grpcCode, grpcCodeOf, grpcDetails } from './grpc.ts';

/** Temporal's namespace has an attribute of ours under another type; an operator has to remove it. */
export class SearchAttributeConflict extends Error {
  override readonly name = 'SearchAttributeConflict';
}

const attributes = Object.values(searchAttributes);
type Attribute = (typeof attributes)[number];

function wireType(type: Attribute['type']): proto.temporal.api.enums.v1.IndexedValueType {
  return proto.temporal.api.enums.v1.IndexedValueType[`INDEXED_VALUE_TYPE_${type}`];
}

/** The codes by which Temporal Cloud, or a namespace's authorizer, keeps its operator service to itself. */
const refusals = new Set<number | undefined>([
  grpcCode.permissionDenied,
  grpcCode.unauthenticated,
  grpcCode.unimplemented,
]);

/** How often a new attribute is looked for until every part of the server knows it. */
const visibleCheckMs = 200;

/** Servers read their list of attributes anew every ten seconds or so. */
const visibleWithinMs = 60_000;

/**
 * Registers the attributes that the namespace lacks and waits until they can be used. Safe when several processes do so
 * at once. Where registering is not allowed, as on Temporal Cloud, it says which ones to add. Throws
 * SearchAttributeConflict, and whatever the server answers while it is not ready.
 */
export async function registerSearchAttributes(
  connection: Pick<ConnectionLike, 'operatorService' | 'workflowService'>,
  namespace: string,
  logger: Logger,
): Promise<void> {
  try {
    const missing = await findMissing(connection, namespace);
    if (missing.length > 0) await add(connection, namespace, missing);
    await untilVisible(connection, namespace);
    if (missing.length > 0) {
      const names = missing.map(({ name }) => name);
      logger.info({ event: 'searchAttributesRegistered', namespace, names }, 'search attributes registered');
    }
  } catch (error) {
    if (!refusals.has(grpcCodeOf(error))) throw error;
    const names = attributes.map(({ name, type }) => `${name} (${type})`);
    logger.warn(
      { event: 'searchAttributesNotChecked', namespace, names, reason: grpcDetails(error) },
      'this namespace lets nobody register search attributes; add what is missing in its settings',
    );
  }
}

async function findMissing(
  { operatorService }: Pick<ConnectionLike, 'operatorService'>,
  namespace: string,
): Promise<Attribute[]> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  for (const { name, type } of attributes) {
    const found = customAttributes[name];
    if (found !== undefined && found !== wireType(type)) {
      throw new SearchAttributeConflict(
        `the search attribute ${name} of ${namespace} is not of type ${type}`,
      );
    }
  }
  return attributes.filter(({ name }) => customAttributes[name] === undefined);
}

async function add(
  { operatorService }: Pick<ConnectionLike, 'operatorService'>,
  namespace: string,
  missing: readonly Attribute[],
): Promise<void> {
  const searchAttributesByName = Object.fromEntries(missing.map(({ name, type }) => [name, wireType(type)]));
  try {
    await operatorService.addSearchAttributes({ namespace, searchAttributes: searchAttributesByName });
  } catch (error) {
    // Another process was faster.
    if (grpcCodeOf(error) !== grpcCode.alreadyExists) throw error;
  }
}

/** The list is read from the database, but a start is checked against what each part of the server remembers. */
async function untilVisible(
  { workflowService }: Pick<ConnectionLike, 'workflowService'>,
  namespace: string,
): Promise<void> {
  const query = attributes.map(({ name }) => `${name} is null`).join(' and ');
  const deadline = Date.now() + visibleWithinMs;
  for (;;) {
    try {
      await workflowService.listWorkflowExecutions({ namespace, query, pageSize: 1 });
      return;
    } catch (error) {
      if (grpcCodeOf(error) !== grpcCode.invalidArgument || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, visibleCheckMs));
    }
  }
}
