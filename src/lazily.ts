export interface Lazy<T> {
  /** Makes it at the first call. */
  get(): T;
  /** What was made, if anything was. */
  readonly made: T | undefined;
}

/** Makes a thing when it is first asked for, and once. */
export function lazily<T>(make: () => T): Lazy<T> {
  let made: T | undefined;
  return {
    get: () => (made ??= make()),
    get made() {
      return made;
    },
  };
}
