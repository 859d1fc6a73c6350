import { Connection, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { status } from '@grpc/grpc-js';

const retention = '7 days';
const connectTimeoutMs = 2_000;

/** What a server says about itself, when it is ready to serve. */
export async function describeServer(address: string): Promise<{ serverVersion: string }> {
  return withConnection(address, async (connection) => {
    const { serverVersion } = await connection.workflowService.getSystemInfo({});
    return { serverVersion: serverVersion ?? 'unknown' };
  });
}

/** Registers a namespace that keeps closed runs for seven days; one that is there already stays as it is. */
export async function ensureNamespace(address: string, namespace: string): Promise<void> {
  await withConnection(address, async ({ workflowService }) => {
    try {
      await workflowService.registerNamespace({
        namespace,
        workflowExecutionRetentionPeriod: msToTs(retention),
      });
    } catch (error) {
      if (!isGrpcServiceError(error) || error.code !== status.ALREADY_EXISTS) throw error;
    }
  });
}

async function withConnection<Result>(address: string, work: (connection: Connection) => Promise<Result>) {
  const connection = await Connection.connect({ address, connectTimeout: connectTimeoutMs });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}
