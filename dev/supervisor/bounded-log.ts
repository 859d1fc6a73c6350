import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

const maxBytes = 10 * 1024 * 1024;

/** A log file that is renamed to `<file>.1` when it has 10 MiB, so that a part takes 20 MiB of disk at most. */
export class BoundedLog {
  readonly #file: string;
  #fd: number;
  #bytes: number;

  constructor(file: string) {
    this.#file = file;
    this.#fd = openSync(file, 'a', 0o600);
    this.#bytes = fstatSync(this.#fd).size;
  }

  write(text: string): void {
    this.#bytes += writeSync(this.#fd, text);
    if (this.#bytes < maxBytes) return;
    closeSync(this.#fd);
    renameSync(this.#file, `${this.#file}.1`);
    this.#fd = openSync(this.#file, 'a', 0o600);
    this.#bytes = 0;
  }

  close(): void {
    closeSync(this.#fd);
  }
}
