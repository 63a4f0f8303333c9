/** What the client knows of time; tests bring their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `run` once, after so many milliseconds; the function it returns calls that off. */
  after(milliseconds: number, run: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Resolves after so many milliseconds; rejects with the signal's reason when that comes first. */
export function sleep(clock: Clock, milliseconds: number, signal?: AbortSignal | null) {
  return abortable<undefined>(signal, (resolve) =>
    clock.after(milliseconds, () => {
      resolve(undefined);
    }),
  );
}

/** The same promise, except that it rejects with the signal's reason when that comes first. */
export function unlessAborted<T>(promise: Promise<T>, signal?: AbortSignal | null): Promise<T> {
  if (!signal) return promise;
  return abortable<T>(signal, (resolve, reject) => {
    promise.then(resolve, reject);
    return () => undefined;
  });
}

function abortable<T>(
  signal: AbortSignal | null | undefined,
  start: (resolve: (value: T) => void, reject: (reason: Error) => void) => () => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason as Error);
      return;
    }
    const onAbort = () => {
      callOff();
      reject(signal?.reason as Error);
    };
    const over =
      <V>(settle: (value: V) => void) =>
      (value: V) => {
        signal?.removeEventListener("abort", onAbort);
        settle(value);
      };
    const callOff = start(over(resolve), over(reject));
    signal?.addEventListener("abort", onAbort, { once: true });
  });
}
