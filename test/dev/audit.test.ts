import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeVerdict, verdictOf } from '../../dev/audit/verdict.ts';

const advisory = {
  title: 'Prototype pollution',
  url: 'https://github.com/advisories/GHSA-x',
  severity: 'high',
};

function report(...found: [name: string, severity: string, via?: (string | object)[]][]): string {
  const vulnerabilities = Object.fromEntries(
    found.map(([name, severity, via = [advisory]]) => [name, { name, severity, isDirect: false, via }]),
  );
  return JSON.stringify({ auditReportVersion: 2, vulnerabilities, metadata: {} });
}

/** Runs the audit against a registry that answers every question about holes like this. */
async function audit(status: number, advisories: object): Promise<{ exitCode: number; output: string }> {
  const registry = createServer((request, response) => {
    request.resume();
    // It is also asked which versions there are, to find one without the hole.
    const name = decodeURIComponent(request.url?.slice(1) ?? '');
    const answer = request.method === 'GET' ? { name, versions: {}, 'dist-tags': {} } : advisories;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  registry.listen(0, '127.0.0.1');
  await once(registry, 'listening');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  const { port } = registry.address() as AddressInfo;
  const env = {
    ...process.env,
    npm_config_registry: `http://127.0.0.1:${port}/`,
    npm_config_fetch_retries: '0',
  };
  const root = join(import.meta.dirname, '../..');
  return new Promise((resolve) => {
    execFile(process.execPath, ['dev/audit.ts'], { cwd: root, env }, (error, output) => {
      registry.close();
      resolve({ exitCode: typeof error?.code === 'number' ? error.code : 0, output });
    });
  });
}

describe('the audit of dependencies', () => {
  it('finds nothing where nothing is known', () => {
    expect(verdictOf(report())).toEqual({ kind: 'clean' });
    expect(verdictOf(report(['a', 'info'], ['b', 'low']))).toEqual({ kind: 'clean' });
  });

  it.each(['moderate', 'high', 'critical'])('fails on a hole that is %s, and names it', (severity) => {
    const verdict = verdictOf(report(['a', 'low'], ['b', severity], ['c', severity, ['b']]));
    expect(verdict).toMatchObject({ kind: 'holes', holes: [{ name: 'b' }, { name: 'c' }] });
    expect(describeVerdict(verdict)).toBe(
      `${severity}: b\n  Prototype pollution (https://github.com/advisories/GHSA-x)\n${severity}: c\n  through b`,
    );
  });

  it('asks the registry about what runs in production', { timeout: 60_000 }, async () => {
    const hole = {
      ...advisory,
      id: 1,
      vulnerable_versions: '*',
      cwe: [],
      cvss: { score: 8, vectorString: '' },
    };
    expect(await audit(200, { express: [hole], vitest: [hole] })).toEqual({
      exitCode: 1,
      output: expect.stringMatching(/^high: express\n {2}Prototype pollution/m),
    });
    expect((await audit(200, { vitest: [hole] })).output).toMatch(/^no known holes/);
    expect(await audit(405, {})).toEqual({ exitCode: 0, output: expect.stringMatching(/^SKIPPED: /) });
  });

  it('says so when nobody could be asked', () => {
    const refused = JSON.stringify({ message: '405 Method Not Allowed', statusCode: 405, error: {} });
    expect(describeVerdict(verdictOf(refused))).toMatch(/^SKIPPED: .*405 Method Not Allowed/);
    for (const output of ['', 'npm error', '[]', '{}'])
      expect(verdictOf(output)).toMatchObject({ kind: 'not asked' });
  });
});
