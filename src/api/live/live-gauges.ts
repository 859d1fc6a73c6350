import type { Metrics } from '../../telemetry/metrics.ts';
import type { Live } from './live.ts';

/** Shows, whenever metrics are asked for, who follows and who waits in this process. */
export function watchLive({ streams, waiters }: Pick<Live, 'streams' | 'waiters'>, metrics: Metrics): void {
  metrics.beforeCollect(() => {
    metrics.eventStreams.set(streams.taken);
    metrics.waitingRequests.set(waiters.taken);
  });
}
