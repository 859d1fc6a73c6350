/** A destination for a logger that keeps the lines, parsed. */
export function keepLines() {
  const lines: Record<string, unknown>[] = [];
  const write = (text: string) => {
    const line: Record<string, unknown> = JSON.parse(text);
    lines.push(line);
  };
  return { lines, destination: { write } };
}
