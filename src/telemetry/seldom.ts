/** Lets the first of many equal things through, then one in every `everyMs`, which is told how many were held back. */
export function createSeldom(
  everyMs: number,
): (key: string) => { readonly pass: boolean; readonly heldBack: number } {
  const seen = new Map<string, { passedAt: number; heldBack: number }>();
  return (key) => {
    const now = performance.now();
    const last = seen.get(key);
    if (last !== undefined && now - last.passedAt < everyMs) {
      last.heldBack += 1;
      return { pass: false, heldBack: last.heldBack };
    }
    seen.set(key, { passedAt: now, heldBack: 0 });
    return { pass: true, heldBack: last?.heldBack ?? 0 };
  };
}
