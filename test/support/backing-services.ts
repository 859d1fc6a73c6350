/** The address that `npm test`, or `node dev/services.ts` in another shell, gives to tests in a variable. */
export function addressOf(variable: 'TEST_DATABASE_URL' | 'TEST_TEMPORAL_ADDRESS'): string {
  const address = process.env[variable];
  if (address !== undefined) return address;
  throw new Error(
    `${variable} is not set: run the tests with "npm test", or "node dev/services.ts" beside them`,
  );
}
