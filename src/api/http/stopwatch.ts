/** Tells the time in which a request is served from the time in which it only waits for the world. */
export interface Stopwatch {
  /** From here on it waits; gives how to end that, which may be called twice. */
  wait(): () => void;
  /** Milliseconds since the stopwatch was made, and how many of them were waiting. */
  read(): { readonly durationMs: number; readonly waitedMs: number };
}

export function createStopwatch(): Stopwatch {
  const startedAt = performance.now();
  let waitedMs = 0;
  let waitingSince: number | undefined;

  function wait(): () => void {
    waitingSince ??= performance.now();
    return () => {
      if (waitingSince !== undefined) waitedMs += performance.now() - waitingSince;
      waitingSince = undefined;
    };
  }

  return {
    wait,
    read() {
      const now = performance.now();
      const waitsNowMs = waitingSince === undefined ? 0 : now - waitingSince;
      return { durationMs: rounded(now - startedAt), waitedMs: rounded(waitedMs + waitsNowMs) };
    },
  };
}

/** To the hundredth. */
function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
