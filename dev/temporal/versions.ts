/** What is built where no Temporal server is found. */
export const serverVersion = '1.32.0';
export const uiVersion = '2.54.1';
/** The oldest server that the service works with; it skips time per workflow, which tests of long waits need. */
export const oldestServer = '1.32.0';

/** Whether one version is the same as another or newer; what follows the three numbers is ignored. */
export function isAtLeast(version: string, wanted: string): boolean {
  const [a, b] = [numbers(version), numbers(wanted)];
  const differing = a.findIndex((part, index) => part !== b[index]);
  return differing === -1 || (a[differing] ?? 0) > (b[differing] ?? 0);
}

function numbers(version: string): number[] {
  const match = /^v?(\d+)\.(\d+)\.?(\d+)?/.exec(version);
  return [1, 2, 3].map((group) => Number(match?.[group] ?? 0));
}
