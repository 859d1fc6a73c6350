const maxKeyCharacters = 300;

/** One part of a key: no dot at its start, so that no part is `.` or `..` or hides. */
const part = '[A-Za-z0-9][A-Za-z0-9._-]*';
const wholeKey = new RegExp(`^${part}(?:/${part})*$`);

/** Whether this can be a key: `exports/<jobId>/orders.csv`. None leads out of the folder that keys are put into. */
export function isKey(text: string): boolean {
  return text.length <= maxKeyCharacters && wholeKey.test(text);
}

/** @throws where the text is no key; keys are made by us, so that is a defect. */
export function assertKey(text: string): void {
  if (!isKey(text)) throw new Error('this is no key of the object store');
}
