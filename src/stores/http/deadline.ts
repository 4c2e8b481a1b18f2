/** The end of a bounded piece of work, on the clock that never jumps. */
export class Deadline {
  readonly #end: number;

  constructor(readonly deadline_ms: number) {
    this.#end = performance.now() + deadline_ms;
  }

  /** Milliseconds, never below zero. */
  left(): number {
    return Math.max(0, this.#end - performance.now());
  }

  get isOver(): boolean {
    return this.left() === 0;
  }
}

/**
 * Waits so long, or until the signal aborts.
 * @throws the signal's reason.
 */
export function pause(wait_ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return void reject(reasonOf(signal));
    const onAbort = (): void => {
      clearTimeout(timer);
      if (signal) reject(reasonOf(signal));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, wait_ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

function reasonOf(signal: AbortSignal): Error {
  return signal.reason instanceof Error ? signal.reason : new Error('aborted');
}
