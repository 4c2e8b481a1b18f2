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
  private interruption: { controller: AbortController; announcement: string } | null = null;

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

  /**
   * For work that can be cut short: until `end` is called, the first Ctrl-C aborts `stop` alone and the run goes on with what it
   * has. A second one ends the run as ever.
   */
  interruptible(announcement: string): { stop: AbortSignal; end: () => void } {
    const controller = new AbortController();
    this.interruption = { controller, announcement };
    return { stop: controller.signal, end: () => (this.interruption = null) };
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
    if (name === 'SIGINT' && this.signalCode === null && this.interruption !== null) {
      const { controller, announcement } = this.interruption;
      this.interruption = null;
      this.announce(announcement);
      controller.abort(new Error(announcement));
      return;
    }
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
