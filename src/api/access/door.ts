import type { Pool } from 'pg';
import { anyKey } from '../../db/api-keys.ts';
import { keyFreshMs } from '../limits.ts';

/** Whether the API is open to everybody: where it may be, and only as long as there is no key. */
export interface Door {
  /** Throws a DatabaseUnavailable when it has never been looked up. */
  isOpen(): Promise<boolean>;
  /** As it was when last looked up; locked before that. */
  readonly wasOpen: boolean;
}

/** Once locked it stays so for this process. While it is open it is looked at again every `freshMs`. */
export function createDoor(pool: Pool, mayStandOpen: boolean, freshMs: number = keyFreshMs): Door {
  let locked = !mayStandOpen;
  let checkedAt = -Infinity;

  return {
    get wasOpen() {
      return !locked && checkedAt > -Infinity;
    },
    async isOpen() {
      if (locked) return false;
      if (performance.now() - checkedAt < freshMs) return true;
      locked = await anyKey(pool);
      checkedAt = performance.now();
      return !locked;
    },
  };
}
