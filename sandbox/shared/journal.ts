import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** An append-only file of JSON lines: what a sandbox did, in order. */
export interface Journal<Line> {
  /** Returns once the operating system has the line: killing this process can't lose it afterwards. */
  append(line: Line): void;
  close(): void;
}

const newline = 0x0a;

/**
 * Opens the journal and hands every line it holds to `replay`, oldest first. A last line that a killed process left
 * unfinished was never acknowledged and is cut off. Without a file everything is kept in memory only.
 */
export function openJournal<Line>(file: string | null, replay: (line: Line) => void): Journal<Line> {
  if (file === null) return { append: () => undefined, close: () => undefined };
  mkdirSync(dirname(file), { recursive: true });
  const content = existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
  const complete = content.lastIndexOf(newline) + 1;
  let start = 0;
  while (start < complete) {
    const end = content.indexOf(newline, start);
    const line: Line = JSON.parse(content.toString('utf8', start, end));
    replay(line);
    start = end + 1;
  }
  const descriptor = openSync(file, 'a');
  ftruncateSync(descriptor, complete);
  return {
    append: (line) => writeAll(descriptor, Buffer.from(`${JSON.stringify(line)}\n`)),
    close: () => closeSync(descriptor),
  };
}

function writeAll(descriptor: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
}
