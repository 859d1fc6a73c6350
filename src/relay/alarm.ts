import { setTimeout as pause } from 'node:timers/promises';

/** Ends a pause early. */
export interface Alarm {
  /** Ends the pause that is going on, or else the next one. */
  ring(): void;
  /** Pauses for `longestMs`, or until it rings, though never less than `leastMs`; true when it has rung. */
  wait(longestMs: number, leastMs: number): Promise<boolean>;
}

export function createAlarm(): Alarm {
  let rung = false;
  let wakeUp: (() => void) | undefined;

  return {
    ring() {
      rung = true;
      wakeUp?.();
    },
    async wait(longestMs, leastMs) {
      await pause(leastMs);
      if (!rung && longestMs > leastMs) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, longestMs - leastMs);
          wakeUp = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wakeUp = undefined;
      }
      const hasRung = rung;
      rung = false;
      return hasRung;
    },
  };
}
