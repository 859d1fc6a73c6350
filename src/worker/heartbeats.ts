import type { Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';

/** How often a running attempt says that its worker lives, in milliseconds; well below the heartbeat time-outs. */
export const heartbeatEveryMs = 1_000;

/** Beats for an attempt as long as it runs and has a heartbeat time-out. */
export function beating(context: Context): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      const beat = context.info.heartbeatTimeoutMs
        ? setInterval(() => context.heartbeat(), heartbeatEveryMs)
        : undefined;
      try {
        return await next(input);
      } finally {
        clearInterval(beat);
      }
    },
  };
}
