/** One timer a name; setting it again replaces the one before. */
export interface Alarms {
  /** Rings once at `at` (milliseconds since 1970), at once when that is past; null: not at all. */
  set(name: string, at: number | null, ring: () => void): void;
  /** Silences all of them for good. */
  clear(): void;
}

export function createAlarms(): Alarms {
  const timers = new Map<string, NodeJS.Timeout>();
  let cleared = false;
  return {
    set(name, at, ring) {
      clearTimeout(timers.get(name));
      timers.delete(name);
      if (at === null || cleared) return;
      const timer = setTimeout(
        () => {
          timers.delete(name);
          ring();
        },
        Math.max(0, at - Date.now()),
      );
      timers.set(name, timer);
    },
    clear() {
      cleared = true;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
