/**
 * Whether Postgres and Temporal take the text: without NUL, which Postgres has no room for, and without halves of surrogate pairs,
 * which are no Unicode and at which Temporal's core ends the worker.
 */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** The text as they take it, at most so many characters long. */
export function storable(text: string, maxCharacters: number): string {
  return text.replaceAll('\0', '').slice(0, maxCharacters).toWellFormed();
}
