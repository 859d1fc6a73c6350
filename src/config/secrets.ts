import { inspect } from 'node:util';
import type { PayloadKeys } from './payload-keys.ts';

const shown = '[secret]';

/** A value that is never printed: not in a log, a template, JSON or a debugger's console. `reveal` gives it. */
export class Secret<T = string> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  reveal(): T {
    return this.#value;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [inspect.custom](): string {
    return shown;
  }
}

/** What opens doors. A connection string counts as one, because it may hold a password. */
export interface Secrets {
  readonly databaseUrl: Secret;
  readonly stripeApiKey: Secret;
  readonly stripeWebhookSecret: Secret;
  readonly easypostApiKey: Secret;
  readonly easypostWebhookSecret: Secret;
  readonly smtpUrl: Secret;
  readonly payloadKeys: Secret<PayloadKeys>;
  /** Signs the links to files. */
  readonly filesSigningKey: Secret;
  /** Absent where operators have no webhook. */
  readonly operatorWebhookSecret: Secret | undefined;
}
