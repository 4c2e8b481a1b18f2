import type { LiveView } from '../../model/live.js';
import { knowsUtf8 } from '../locale.js';
import type { Effect } from '../../tui/actions.js';
import { App, type AppOptions } from '../../tui/app.js';
import type { Key } from '../../tui/key-reader.js';
import type { Replay } from '../../tui/state.js';
import { Terminal, type TerminalInput, type TerminalOutput } from '../../tui/terminal.js';
import type { Lifetime } from '../lifetime.js';

export interface ScreenOptions {
  input: TerminalInput;
  output: TerminalOutput;
  lifetime: Lifetime;
  environment: Readonly<Record<string, string | undefined>>;
  /** Whether colours may be sent; without them no attribute is sent either. */
  color: boolean;
  app: Omit<AppOptions, 'width' | 'height' | 'clipboardNote'>;
  /** What the screen cannot do itself: steps through time, looks, faults. Must not wait. */
  onEffect: (effect: Effect) => void;
}

const SIGQUIT_CODE = 131;
const SIGHUP_CODE = 129;
/** The clock in the header goes on while views are late. */
const CLOCK_MS = 1_000;
/** How long after a stop that did not happen the screen comes back. */
const NOT_STOPPED_MS = 100;

/**
 * The live screen on a terminal. It opens when it is made, and gives the terminal back on every way out: keys, signals, errors
 * that nobody caught, the end of the process, suspension, and the terminal's own end.
 */
export class LiveScreen {
  /** Settles with the exit code when somebody quits, a signal comes or the terminal is gone. The terminal is whole again by then. */
  readonly ended: Promise<number>;
  readonly #terminal: Terminal;
  readonly #app: App;
  readonly #undo: (() => void)[] = [];
  readonly #stopProcess: () => void;
  #settle: (code: number) => void = () => {};
  #isClosed = false;
  #isScheduled = false;

  constructor(private readonly options: ScreenOptions) {
    const { input, output, lifetime, environment } = options;
    this.#terminal = new Terminal(input, output, { color: options.color, ascii: !knowsUtf8(environment) });
    this.#app = new App({ ...options.app, ...this.#terminal.size, clipboardNote: clipboardNote(environment) });
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });

    const leave = (): void => this.#terminal.leave();
    const { stop, stopProcess } = listen({ leave, quit: () => this.close(SIGQUIT_CODE), suspend: () => this.#suspend(), resume: () => this.#resume() });
    this.#stopProcess = stopProcess;
    const clock = setInterval(() => this.#paint(), CLOCK_MS);
    const aborted = (): void => this.close(lifetime.signalCode ?? 0);
    lifetime.signal.addEventListener('abort', aborted);
    const gone = (): void => this.close(SIGHUP_CODE);
    input.on('end', gone);
    // Stays: a stream that fails without a listener ends the process.
    input.on('error', gone);
    this.#undo.push(stop, () => clearInterval(clock), () => lifetime.signal.removeEventListener('abort', aborted), () => input.off('end', gone));
    this.#undo.push(lifetime.onEnd(() => this.close(), leave));

    if (lifetime.signal.aborted) aborted();
    else this.#enter();
  }

  /** Shows a view, newer or of another time. One frame at most is sent for all that happens in one turn of the event loop. */
  show(view: LiveView, replay: Replay | null = null): void {
    this.#app.update(view, replay);
    this.#paint();
  }

  /** Says something in the place of the sentence. */
  notify(text: string): void {
    this.#app.notify(text);
    this.#paint();
  }

  /** Gives the terminal back; the same on every further call. */
  close(code = 0): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#terminal.leave();
    for (const undo of this.#undo) undo();
    this.#settle(code);
  }

  #enter(): void {
    this.#terminal.enter({ key: (key) => this.#press(key), resize: () => this.#resize() });
    this.#resize();
  }

  #resize(): void {
    const { width, height } = this.#terminal.size;
    this.#app.resize(width, height);
    this.#paint();
  }

  #press(key: Key): void {
    for (const effect of this.#app.key(key)) this.#carryOut(effect);
    this.#paint();
  }

  #carryOut(effect: Effect): void {
    if (effect.kind === 'quit') this.close(effect.code);
    else if (effect.kind === 'copy') this.#terminal.copy(effect.text);
    else if (effect.kind === 'repaint') this.#terminal.invalidate();
    else if (effect.kind === 'suspend') this.#suspend();
    else this.options.onEffect(effect);
  }

  #suspend(): void {
    this.#terminal.leave();
    this.#stopProcess();
  }

  #resume(): void {
    if (this.#isClosed) return;
    if (this.#terminal.isEntered) this.#terminal.reassert();
    this.#enter();
  }

  #paint(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#terminal.paint(this.#app.frame());
    });
  }
}

interface Ways {
  leave: () => void;
  quit: (code: number) => void;
  suspend: () => void;
  resume: () => void;
}

/** What the process tells: signals that `Lifetime` does not heed, errors that nobody caught, and its end. */
function listen(ways: Ways): { stop: () => void; stopProcess: () => void } {
  const quit = (): void => ways.quit(SIGQUIT_CODE);
  let timer: NodeJS.Timeout | undefined;
  const resume = (): void => {
    clearTimeout(timer);
    process.removeListener('SIGTSTP', ways.suspend);
    process.on('SIGTSTP', ways.suspend);
    ways.resume();
  };
  process.on('SIGQUIT', quit);
  process.on('SIGTSTP', ways.suspend);
  process.on('SIGCONT', resume);
  process.on('exit', ways.leave);
  // Before the error is printed, so that it is printed where it can be read.
  process.on('uncaughtExceptionMonitor', ways.leave);
  return {
    stop: () => {
      clearTimeout(timer);
      process.removeListener('SIGQUIT', quit);
      process.removeListener('SIGTSTP', ways.suspend);
      process.removeListener('SIGCONT', resume);
      process.removeListener('exit', ways.leave);
      process.removeListener('uncaughtExceptionMonitor', ways.leave);
    },
    stopProcess: () => {
      // Without a listener the signal stops the process, and with it all of its group: npm and the like wait for it.
      process.removeListener('SIGTSTP', ways.suspend);
      process.kill(0, 'SIGTSTP');
      // A group without a shell above it cannot be stopped; then the screen comes back at once.
      timer = setTimeout(resume, NOT_STOPPED_MS);
    },
  };
}

/** tmux passes a copy on only where it is told to. */
function clipboardNote(environment: ScreenOptions['environment']): string {
  return environment['TMUX'] === undefined ? '' : 'tmux passes it on where set-clipboard is on';
}
