import { NativeConnection } from '@temporalio/worker';
import type { TemporalProfile } from '../config/temporal-profile.ts';

/** Connects as a worker does. It fails when Temporal is not there, and mends itself once it has been. */
export async function connectWorker(profile: TemporalProfile): Promise<NativeConnection> {
  return NativeConnection.connect(profile.connection.reveal());
}
