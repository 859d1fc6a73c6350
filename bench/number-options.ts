/** Options as a command line gives them. */
export type Given = Readonly<Record<string, unknown>>;

/** The defaults with the numbers that were asked for: `--orders=20`. Throws where an option means nothing here. */
export function withNumbers<Options extends object>(defaults: Options, given: Given): Options {
  const numbers = Object.entries(given).map(([name, value]): [string, number] => {
    const number = typeof value === 'string' ? Number(value) : Number.NaN;
    if (typeof Reflect.get(defaults, name) !== 'number' || !Number.isSafeInteger(number))
      throw new Error(
        `--${name}=${String(value)} means nothing here; numbers are ${JSON.stringify(defaults)}`,
      );
    return [name, number];
  });
  return { ...defaults, ...Object.fromEntries(numbers) };
}
