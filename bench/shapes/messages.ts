/** The ways in which Temporal can be given a small piece of work; each piece is done by one activity. */
export const shapes = [
  'workflow, local activity',
  'workflow, activity',
  'standalone activity',
  'workflow for many',
] as const;
export type Shape = (typeof shapes)[number];

export const shapesTaskQueue = 'shapes';

/** How many pieces a workflow for many has. */
export const piecesAtOnce = 20;

export const workflowTypes = {
  'workflow, local activity': 'pieceLocal',
  'workflow, activity': 'pieceRegular',
  'workflow for many': 'manyLocal',
} as const satisfies Partial<Record<Shape, string>>;

/** The activities. */
export interface Pieces {
  /** Does one piece, and nothing in it. */
  doPiece(id: string): Promise<void>;
}
