import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { linesFor } from '../../live/lines.js';
import { changeRecords, stateRecord } from '../../live/ndjson.js';
import type { EpochSeconds, LiveView, State } from '../../model/live.js';
import type { CommandContext } from '../command.js';
import { EXIT, type ExitCode, type FailOn } from '../exit-code.js';
import type { Replay } from './replay.js';
import type { LiveSessionRun } from './session.js';

const LOOK_MS = 1_000;
const STATE_EVERY_SECONDS = 60;
/** The first looks are done by then; what is still unknown has a reason. */
const FIRST_LOOK_SECONDS = 3;

export type LinesForm = 'plain' | 'ndjson';

/**
 * One line for each change of state, for people without a screen and for machines, until the run ends or `for_seconds` are over.
 * With an end of its own it tells by the exit code how things stand.
 */
export async function printLines(
  { output, lifetime, options, redactor }: CommandContext,
  form: LinesForm,
  { view, problems }: Pick<LiveSessionRun, 'view' | 'problems'>,
  for_seconds: number | null,
): Promise<ExitCode> {
  const { signal } = lifetime;
  const told = new Set<string>();
  let previous: LiveView | null = null;
  let stated_ms = Number.NEGATIVE_INFINITY;
  const started_ms = performance.now();
  const passed = (): number => (performance.now() - started_ms) / 1000;
  // Who has read enough (`| head`) waits for nothing more.
  while (!signal.aborted && !output.isClosed) {
    const next = view();
    for (const problem of problems()) {
      if (!told.has(problem)) output.note(redactor.redact(problem));
      told.add(problem);
    }
    const isEarly = passed() < Math.min(FIRST_LOOK_SECONDS, for_seconds ?? FIRST_LOOK_SECONDS);
    if (!isEarly) {
      const lines = form === 'plain' ? linesFor(previous, next) : changeRecords(previous, next);
      if (form === 'ndjson' && performance.now() - stated_ms >= STATE_EVERY_SECONDS * 1000) {
        stated_ms = performance.now();
        lines.push(stateRecord(next));
      }
      await output.print(lines.map((line) => `${line}\n`).join(''));
      previous = next;
    }
    if (for_seconds !== null && passed() >= for_seconds) break;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
  if (for_seconds === null || previous === null) return EXIT.clean;
  const code = exitCodeOf(previous, options.failOn);
  // What was asked to be recorded and was not is something unseen for whoever opens the recording.
  return code === EXIT.clean && told.size > 0 ? EXIT.blind : code;
}

/** Findings outrank what could not be looked at, as in an audit. */
function exitCodeOf({ objectives, probes }: LiveView, failOn: FailOn): ExitCode {
  const states = objectives.map(({ state }) => state);
  const counted: readonly State[] = failOn === 'never' ? [] : failOn === 'error' ? ['breach'] : ['breach', 'warning'];
  if (states.some((state) => counted.includes(state))) return EXIT.findings;
  // A store without objectives of its own may still be one that cannot be looked at.
  const isBlind = states.length === 0 || states.includes('unknown') || probes.some(({ failure }) => failure !== null);
  return isBlind ? EXIT.blind : EXIT.clean;
}

/** The changes of a whole recording; `playing` gives the moment to show, null shows all at once. */
export async function replayLines(context: CommandContext, form: LinesForm, replay: Replay, playing: (() => EpochSeconds) | null): Promise<ExitCode> {
  const { output, lifetime, options } = context;
  let previous: LiveView | null = null;
  let at = replay.from + Math.min(FIRST_LOOK_SECONDS, replay.to - replay.from);
  let step = LOOK_MS / 1000;
  for (;;) {
    const next = replay.seek(at);
    const lines = form === 'plain' ? linesFor(previous, next) : changeRecords(previous, next);
    const isEnd = at >= replay.to;
    if (form === 'ndjson' && isEnd) lines.push(stateRecord(next));
    await output.print(lines.map((line) => `${line}\n`).join(''));
    previous = next;
    if (isEnd || lifetime.signal.aborted || output.isClosed) break;
    if (playing === null) await nextTurn();
    else await sleep(LOOK_MS, undefined, { signal: lifetime.signal }).catch(() => undefined);
    // Where nothing was recorded, states only grow old: in a pause of a year not every second needs a look.
    step = replay.nextSampleAt() > at + step ? 2 * step : LOOK_MS / 1000;
    at = playing === null ? Math.min(replay.to, Math.max(at + LOOK_MS / 1000, Math.min(replay.nextSampleAt(), at + step))) : Math.max(at, playing());
  }
  return exitCodeOf(previous, options.failOn);
}
