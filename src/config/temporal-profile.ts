import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ConnectionOptions } from '@temporalio/client';
import { Secret } from './secrets.ts';

/** What both of Temporal's connections, the client's and the worker's, take. */
export type TemporalConnectionOptions = Pick<ConnectionOptions, 'address' | 'metadata'> & {
  readonly apiKey?: string;
  readonly tls?: NonNullable<ConnectionOptions['tls']>;
};

/** How Temporal is reached. The connection's options hold keys and certificates. */
export interface TemporalProfile {
  readonly address: string;
  readonly namespace: string;
  readonly connection: Secret<TemporalConnectionOptions>;
}

/**
 * The profile as Temporal's own tools read it (docs.temporal.io/develop/environment-configuration): `TEMPORAL_ADDRESS`,
 * `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS…`, and the file at `TEMPORAL_CONFIG_FILE` or its usual place.
 */
export function readTemporalProfile(
  variables: NodeJS.ProcessEnv,
): { profile: TemporalProfile } | { problems: string[] } {
  try {
    const overrideEnvVars = Object.fromEntries(
      Object.entries(variables).filter((entry): entry is [string, string] => (entry[1]?.trim() ?? '') !== ''),
    );
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars });
    const { address = 'localhost:7233', apiKey, tls, metadata } = connectionOptions;
    const connection: TemporalConnectionOptions = {
      address,
      ...(apiKey !== undefined && { apiKey }),
      ...(tls !== undefined && tls !== null && { tls }),
      ...(metadata !== undefined && { metadata }),
    };
    return { profile: { address, namespace: namespace ?? 'default', connection: new Secret(connection) } };
  } catch (error) {
    return {
      problems: [`TEMPORAL_* cannot be used: ${error instanceof Error ? error.message : String(error)}`],
    };
  }
}
