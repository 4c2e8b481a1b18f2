type Cleanup = () => void | Promise<void>;

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
/** How long a run that was asked to end may take before it is ended. */
const GRACE_MS = 5_000;

/**
 * The end of a run: what must be undone (servers, temporary folders), and the signals that ask for it. The first signal
 * aborts `signal`; a second one, or five seconds, ends the process without waiting for anything but `atOnce`.
 */
export class Lifetime {
  private readonly controller = new AbortController();
  private readonly cleanups: { run: Cleanup; atOnce: (() => void) | undefined }[] = [];
  private readonly handlers: { name: keyof typeof SIGNALS; handle: () => void }[] = [];
  /** 128 + n once signal n came; null before. */
  signalCode: number | null = null;

  constructor(
    private readonly exit: (code: number) => void,
    private readonly announce: (message: string) => void,
  ) {}

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /**
   * Registers what must be undone; the last registered runs first. `atOnce` is what can still be done without waiting
   * when the user does not wait either. Returns a function that takes the registration back.
   */
  onEnd(run: Cleanup, atOnce?: () => void): () => void {
    const cleanup = { run, atOnce };
    this.cleanups.push(cleanup);
    return () => {
      const index = this.cleanups.indexOf(cleanup);
      if (index >= 0) this.cleanups.splice(index, 1);
    };
  }

  listen(): void {
    for (const [name, number] of Object.entries(SIGNALS)) {
      if (!isSignal(name)) continue;
      const handle = () => this.receive(name, 128 + number);
      process.on(name, handle);
      this.handlers.push({ name, handle });
    }
  }

  /** Undoes everything, last first, each whatever became of the others. Returns what failed. */
  async end(): Promise<unknown[]> {
    const failures: unknown[] = [];
    for (let cleanup = this.cleanups.pop(); cleanup !== undefined; cleanup = this.cleanups.pop()) {
      try {
        await cleanup.run();
      } catch (error) {
        failures.push(error);
      }
    }
    return failures;
  }

  stopListening(): void {
    for (const { name, handle } of this.handlers.splice(0)) process.off(name, handle);
  }

  private receive(name: keyof typeof SIGNALS, code: number): void {
    if (this.signalCode !== null) {
      this.endAtOnce(code);
      return;
    }
    this.signalCode = code;
    if (name === 'SIGINT') this.announce('stopping; Ctrl-C again ends at once');
    this.controller.abort(new Error(`ended by ${name}`));
    setTimeout(() => this.endAtOnce(code), GRACE_MS).unref();
  }

  private endAtOnce(code: number): void {
    for (const { atOnce } of this.cleanups.splice(0).reverse()) {
      try {
        atOnce?.();
      } catch {
        // Nobody waits for a message any more; the other cleanups still matter.
      }
    }
    this.exit(code);
  }
}

function isSignal(name: string): name is keyof typeof SIGNALS {
  return name in SIGNALS;
}
