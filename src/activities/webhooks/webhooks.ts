import { cancellationSignal } from '@temporalio/activity';
import type { WebhookContext } from './context.ts';
import { takeTurn } from './turn.ts';

export interface DestinationRef {
  readonly destinationId: string;
}

/** `isStopping`: whether the worker takes up nothing new. */
export function createWebhooks(ctx: WebhookContext & { readonly isStopping: () => boolean }) {
  return {
    /** Sends what is due at a destination, as long as there is something, or for the time of a turn. */
    async deliverWebhooks({ destinationId }: DestinationRef): Promise<void> {
      await takeTurn(ctx, destinationId, { isStopping: ctx.isStopping, signal: cancellationSignal() });
    },
  };
}

export type WebhookActivities = ReturnType<typeof createWebhooks>;
