import { expect, it } from 'vitest';
import { defaultBuildId } from '../../src/config/build-id.ts';

it("is the package's version, and in a clone its commit", () => {
  expect(defaultBuildId()).toMatch(/^\d+\.\d+\.\d+(-[0-9a-f]{12})?$/);
});
