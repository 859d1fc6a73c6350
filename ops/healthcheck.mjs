/** A container's health check: `node ops/healthcheck.mjs <url>` ends with 0 when a GET there answers with a 2xx. */
const timeoutMs = 2_000;
const [url] = process.argv.slice(2);

try {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
  process.exit(response.ok ? 0 : 1);
} catch (error) {
  console.error(String(error));
  process.exit(1);
}
