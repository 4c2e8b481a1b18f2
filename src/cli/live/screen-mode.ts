import type { EpochSeconds, LiveView } from '../../model/live.js';
import type { Effect } from '../../tui/actions.js';
import type { CommandContext } from '../command.js';
import type { ExitCode } from '../exit-code.js';
import type { Prepared } from '../targets.js';
import type { KeyText } from '../../tui/screen.js';
import { Replay } from './replay.js';
import type { LiveSessionRun } from './session.js';
import { systemClock } from './system-clock.js';
import { LiveScreen } from './terminal-host.js';

const LOOK_MS = 1_000;
const PLAY_MS = 250;
/** How much of the journal is there to step back through; further back there is `--replay`. */
const STEP_BACK_SECONDS = 4 * 3_600;
const SPEED_STEP = 2;
const SPEED_MAX = 4_096;

/** What the demo lets its user break. */
export interface Faults {
  faults: readonly string[];
  inject(fault: string): void;
}

/** The live screen, until somebody quits or `for_seconds` are over. */
export async function showLive(
  context: CommandContext,
  prepared: Prepared,
  session: LiveSessionRun,
  for_seconds: number | null,
  demo: Faults = { faults: [], inject: () => undefined },
): Promise<ExitCode> {
  const travel = new TimeTravel(prepared, session);
  const screen = screenOf(context, { hasJournal: session.journalFolder !== null, faults: demo.faults, keyText: session.watching.keyText }, (effect) => {
    if (effect.kind === 'refresh') session.watching.refresh();
    if (effect.kind === 'break') demo.inject(effect.fault);
    if (effect.kind === 'live') travel.end();
    if (effect.kind === 'step') travel.step(effect.direction * effect.seconds).catch((error: unknown) => screen.notify(errorText(error)));
    show();
  });
  const told = new Set<string>();
  const show = (): void => {
    const past = travel.shown();
    if (past === null) screen.show(session.view());
    else screen.show(past.view, { from: past.replay.from, to: past.replay.to });
    for (const problem of session.problems()) {
      if (told.has(problem)) continue;
      told.add(problem);
      screen.notify(problem);
    }
  };
  travel.onMove = show;
  show();
  const timer = setInterval(show, LOOK_MS);
  const end = for_seconds === null ? undefined : setTimeout(() => screen.close(), for_seconds * 1000);
  return screen.ended.finally(() => {
    clearInterval(timer);
    clearTimeout(end);
  });
}

/** A recording on the screen. It plays by itself; keys change its speed and step through it. */
export async function showReplay(context: CommandContext, replay: Replay, initialSpeed: number): Promise<ExitCode> {
  let speed = initialSpeed;
  let at = replay.from;
  let frozen = false;
  let last_ms = systemClock.monotonic_ms();
  const screen = screenOf(context, { hasJournal: true, faults: [] }, (effect) => {
    if (effect.kind === 'freeze') frozen = effect.frozen;
    if (effect.kind === 'speed') speed = Math.min(SPEED_MAX, Math.max(1 / SPEED_STEP, effect.direction > 0 ? speed * SPEED_STEP : speed / SPEED_STEP));
    if (effect.kind === 'step') at = Math.min(replay.to, Math.max(replay.from, at + effect.direction * effect.seconds));
    if (effect.kind === 'live') at = replay.to;
    show();
  });
  const show = (): void => screen.show(replay.seek(at), { from: replay.from, to: replay.to, speed });
  show();
  const timer = setInterval(() => {
    const now_ms = systemClock.monotonic_ms();
    if (!frozen && at < replay.to) {
      at = Math.min(replay.to, at + ((now_ms - last_ms) / 1000) * speed);
      show();
    }
    last_ms = now_ms;
  }, PLAY_MS);
  return screen.ended.finally(() => clearInterval(timer));
}

function screenOf(context: CommandContext, app: { hasJournal: boolean; faults: readonly string[]; keyText?: KeyText }, onEffect: (effect: Effect) => void): LiveScreen {
  const { host, lifetime, output } = context;
  return new LiveScreen({
    input: host.stdin,
    output: host.stdout,
    lifetime,
    environment: host.environment,
    color: output.colors(),
    app: { now: systemClock.now, refresh_seconds: LOOK_MS / 1000, ...app },
    onEffect,
  });
}

/** Another moment than the present, from the journal. */
class TimeTravel {
  onMove: () => void = () => undefined;
  #replay: Replay | null = null;
  #view: LiveView | null = null;
  #at: EpochSeconds = 0;
  /** Steps that came while the journal was being read. */
  #pending = 0;
  #reading = false;

  constructor(
    private readonly prepared: Prepared,
    private readonly session: LiveSessionRun,
  ) {}

  shown(): { view: LiveView; replay: Replay } | null {
    return this.#view === null || this.#replay === null ? null : { view: this.#view, replay: this.#replay };
  }

  end(): void {
    this.#replay = null;
    this.#view = null;
  }

  /** @throws JournalError, NothingRecorded */
  async step(seconds: number): Promise<void> {
    this.#pending += seconds;
    if (this.#reading) return;
    this.#reading = true;
    try {
      const replay = this.#replay ?? (await this.#open());
      const to = (this.#view === null ? replay.to : this.#at) + this.#pending;
      this.#pending = 0;
      // Beyond the end of what was read lies the present.
      if (to > replay.to && this.#view !== null) this.end();
      else this.#show(replay, to);
    } finally {
      this.#reading = false;
      this.onMove();
    }
  }

  async #open(): Promise<Replay> {
    const { journalFolder, flush } = this.session;
    if (journalFolder === null) throw new Error('nothing is recorded: no journal is kept');
    await flush();
    const { configuration } = this.prepared;
    const source = { path: journalFolder, settings: configuration.live, stores: configuration.stores };
    return Replay.open(source, { from: systemClock.now() - STEP_BACK_SECONDS });
  }

  #show(replay: Replay, to: EpochSeconds): void {
    this.#replay = replay;
    this.#at = Math.min(Math.max(to, replay.from), replay.to);
    this.#view = replay.seek(this.#at);
  }
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
