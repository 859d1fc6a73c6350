import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readTemporalProfile } from '../../src/config/temporal-profile.ts';

let directory: string;
let file: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'temporal-profile-'));
  file = join(directory, 'temporal.toml');
});

afterEach(() => rmSync(directory, { recursive: true }));

it("reads Temporal's own configuration file, and lets the environment win", () => {
  writeFileSync(file, '[profile.default]\naddress = "temporal.internal:7233"\nnamespace = "shop"\n');
  const read = readTemporalProfile({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_NAMESPACE: 'other' });
  expect(read).toMatchObject({ profile: { address: 'temporal.internal:7233', namespace: 'other' } });
});

it('says what is wrong with the file', () => {
  writeFileSync(file, 'address = ');
  const read = readTemporalProfile({ TEMPORAL_CONFIG_FILE: file });
  expect(read).toEqual({ problems: [expect.stringMatching(/^TEMPORAL_\* cannot be used: /)] });
});
