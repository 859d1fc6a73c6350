import { scopes, type Scope } from '../../domain/api-key.ts';

/** Whose request it is. */
export interface Caller {
  /** A key's id: what an `Idempotency-Key` belongs to. */
  readonly id: string;
  /** Kept with what the caller asks for. */
  readonly name: string;
  readonly scopes: readonly Scope[];
}

/** Whoever calls where no key is asked for: on an open route, or while there is no key at all and the door is open. */
export const anonymous: Caller = { id: 'anonymous', name: 'anonymous', scopes };
