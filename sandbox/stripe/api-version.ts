/** The API version whose shapes are imitated: the one that the official client pins. */
export const ApiVersion = '2026-10-28.endive';
