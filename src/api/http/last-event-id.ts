import { z } from 'zod';

/** The header by which a stream goes on where it was. */
export const lastEventIdHeader = z.object({
  'Last-Event-ID': z.string().optional().meta({
    description: 'The number of the last event that the client has; the stream goes on behind it.',
    example: '3',
  }),
});

/** How many events the client has; one that sends no number of ours has none. */
export function readLastEventId(header: string | string[] | undefined): number {
  return typeof header === 'string' && /^\d{1,9}$/.test(header) ? Number(header) : 0;
}
