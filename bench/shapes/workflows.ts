import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Pieces } from './messages.ts';

const local = proxyLocalActivities<Pieces>({ startToCloseTimeout: '2500ms' });
const regular = proxyActivities<Pieces>({ startToCloseTimeout: '10s', heartbeatTimeout: '6s' });

export async function pieceLocal(id: string): Promise<void> {
  await local.doPiece(id);
}

export async function pieceRegular(id: string): Promise<void> {
  await regular.doPiece(id);
}

export async function manyLocal(ids: readonly string[]): Promise<void> {
  await Promise.all(ids.map((id) => local.doPiece(id)));
}
