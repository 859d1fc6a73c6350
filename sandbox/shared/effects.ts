/** One thing a sandbox did to the world. Tests and benches count these, never our own tables. */
export interface Effect {
  /** RFC 3339, UTC. */
  at: string;
  /** What happened, for example `payment_intent.captured`. */
  kind: string;
  /** The provider's id of the object it happened to. */
  id: string;
  /** Our order, as far as the request named one. */
  orderId: string | null;
  /** The idempotency key, reference or Message-ID under which the request came. */
  key: string | null;
  /** Amounts, tracking codes and whatever else belongs to this kind. */
  details?: Record<string, unknown>;
}

export interface EffectFilter {
  orderId?: string | undefined;
  kind?: string | undefined;
  id?: string | undefined;
}

/** The effects in the order they happened. */
export interface EffectLog {
  add(effect: Effect): void;
  list(filter?: EffectFilter): Effect[];
  /** How many effects of each kind there were. */
  counts(): Record<string, number>;
}

export function createEffectLog(): EffectLog {
  const all: Effect[] = [];
  const byOrder = new Map<string, Effect[]>();
  const counts: Record<string, number> = {};
  return {
    add(effect) {
      all.push(effect);
      counts[effect.kind] = (counts[effect.kind] ?? 0) + 1;
      if (effect.orderId === null) return;
      const ofOrder = byOrder.get(effect.orderId);
      if (ofOrder) ofOrder.push(effect);
      else byOrder.set(effect.orderId, [effect]);
    },
    list({ orderId, kind, id } = {}) {
      const candidates = orderId === undefined ? all : (byOrder.get(orderId) ?? []);
      return candidates.filter(
        (effect) => (kind === undefined || effect.kind === kind) && (id === undefined || effect.id === id),
      );
    },
    counts: () => ({ ...counts }),
  };
}
