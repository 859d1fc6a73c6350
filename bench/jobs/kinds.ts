/** What the measured jobs do: nothing, or one small transaction. */
export const kinds = ['no-op', 'sql'] as const;
export type Kind = (typeof kinds)[number];
