import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import { orderIdOf } from '../../../src/domain/ids.ts';
import type { Providers } from '../../support/saga-rig.ts';

/** Something that the service is about to do for an order: an attempt of an activity, or a call of a provider within it. */
export interface Deed {
  readonly orderId: string;
  /** `authorizePayment`, `sendNotice confirmed`, `payments.create`, `mailer.send confirmed`. */
  readonly label: string;
  /** Counts the order's deeds of this label from 1. */
  readonly nth: number;
  /** Whether it is a local activity, which lives inside a workflow task. */
  readonly local: boolean;
  /** Does it, as often as it is called. */
  readonly act: () => Promise<unknown>;
}

/** What becomes of a deed: it is done, not done, done twice, done late. */
export type Script = (deed: Deed) => Promise<unknown>;

/** What is to become of an order's deeds, by their labels. */
export type Scripts = Readonly<Record<string, Script>>;

/** One deed as it went. Times are turns of one clock that ticks with every beginning and end. */
export interface Entry {
  readonly label: string;
  readonly activity: string;
  readonly kind: 'attempt' | 'call';
  /** Whether it was, or was part of, a local activity. */
  readonly local: boolean;
  /** When it began, in milliseconds since 1970. */
  readonly beganAt: number;
  readonly began: number;
  /** Null while it is under way. */
  ended: number | null;
}

/** In the midst of which attempt a call is made. */
interface Scene extends Pick<Deed, 'orderId' | 'local'> {
  readonly activity: string;
  /** The kind of mail, as it stands in labels; empty for what is no mail. */
  readonly about: string;
}

/** Sees every attempt and every call of every order, and has each go as its order's scripts say. */
export class Director {
  readonly #plans = new Map<string, PromiseWithResolvers<Scripts>>();
  readonly #records = new Map<string, Entry[]>();
  readonly #counts = new Map<string, number>();
  readonly #scene = new AsyncLocalStorage<Scene>();
  #clock = 0;

  /** The order's deeds wait until this is said, so that no script comes too late. */
  direct(orderId: string, scripts: Scripts = {}): void {
    this.#plan(orderId).resolve(scripts);
  }

  /** Every attempt and call of the order so far, in the order they began. */
  recordsOf(orderId: string): readonly Entry[] {
    return this.#records.get(orderId) ?? [];
  }

  /** The activities that are being tried at this moment. */
  underWay(orderId: string): string[] {
    return this.recordsOf(orderId).flatMap(({ kind, ended, activity }) =>
      kind === 'attempt' && ended === null ? [activity] : [],
    );
  }

  /** For the test worker, next to the activities. */
  readonly intercept = ({ info }: Context): { inbound: ActivityInboundCallsInterceptor } => ({
    inbound: {
      execute: async (input, next) => {
        const orderId = orderIdOf(info.workflowExecution?.workflowId ?? info.activityId);
        if (orderId === null) return next(input);
        const activity = info.activityType;
        const about = kindOf(input.args);
        const scene = { orderId, activity, about, local: info.isLocal };
        return this.#play(scene, 'attempt', `${activity}${about}`, () =>
          this.#scene.run(scene, () => next(input)),
        );
      },
    },
  });

  /** Puts the director between the activities and the providers. */
  readonly wrap = (providers: Providers): Providers => ({
    payments: this.#wrapped('payments', providers.payments),
    carriers: this.#wrapped('carriers', providers.carriers),
    mailer: this.#wrapped('mailer', providers.mailer),
  });

  #wrapped<Provider extends object>(name: string, provider: Provider): Provider {
    return new Proxy(provider, {
      get: (target, property, receiver) => {
        const method: unknown = Reflect.get(target, property, receiver);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]): unknown => {
          const act = async (): Promise<unknown> => Reflect.apply(method, target, args);
          const scene = this.#scene.getStore();
          return scene ? this.#play(scene, 'call', `${name}.${String(property)}${scene.about}`, act) : act();
        };
      },
    });
  }

  async #play(
    { orderId, activity, local }: Scene,
    kind: Entry['kind'],
    label: string,
    act: () => Promise<unknown>,
  ): Promise<unknown> {
    const scripts = await this.#plan(orderId).promise;
    const beganAt = Date.now();
    const record: Entry = { label, activity, kind, local, beganAt, began: ++this.#clock, ended: null };
    this.#records.set(orderId, [...this.recordsOf(orderId), record]);
    try {
      const script = scripts[label];
      const nth = this.#count(`${orderId} ${label}`);
      return await (script ? script({ orderId, label, nth, local, act }) : act());
    } finally {
      record.ended = ++this.#clock;
    }
  }

  #count(key: string): number {
    const nth = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, nth);
    return nth;
  }

  #plan(orderId: string): PromiseWithResolvers<Scripts> {
    const plan = this.#plans.get(orderId) ?? Promise.withResolvers<Scripts>();
    this.#plans.set(orderId, plan);
    return plan;
  }
}

/** Mails of different kinds are different deeds: ` confirmed`. */
function kindOf([input]: readonly unknown[]): string {
  const kind: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, 'kind') : undefined;
  return typeof kind === 'string' ? ` ${kind}` : '';
}
