import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { readTemporalProfile } from '../../src/config/temporal-profile.ts';
import { grpcCode, grpcCodeOf } from '../../src/temporal/grpc.ts';

const retention = '7 days';
const connectTimeoutMs = 2_000;

/** What the server that the environment leads to says about itself, when it is ready to serve. */
export async function describeServer(
  env: NodeJS.ProcessEnv,
): Promise<{ address: string; serverVersion: string }> {
  return withConnection(env, async ({ workflowService, options }) => {
    const { serverVersion } = await workflowService.getSystemInfo({});
    return { address: options.address, serverVersion: serverVersion ?? 'unknown' };
  });
}

/** Registers a namespace that keeps closed runs for seven days; one that is there already stays as it is. */
export async function ensureNamespace(env: NodeJS.ProcessEnv, namespace: string): Promise<void> {
  await withConnection(env, async ({ workflowService }) => {
    try {
      await workflowService.registerNamespace({
        namespace,
        workflowExecutionRetentionPeriod: msToTs(retention),
      });
    } catch (error) {
      if (grpcCodeOf(error) !== grpcCode.alreadyExists) throw error;
    }
  });
}

async function withConnection<Result>(
  env: NodeJS.ProcessEnv,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const read = readTemporalProfile(env);
  if ('problems' in read) throw new Error(read.problems.join('; '));
  const connection = await Connection.connect({
    ...read.profile.connection.reveal(),
    connectTimeout: connectTimeoutMs,
  });
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}
