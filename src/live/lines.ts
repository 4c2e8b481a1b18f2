import { STATES, type EpochSeconds, type LiveView, type ObjectiveView, type State } from '../model/live.js';
import { plainText } from '../text/plain-text.js';
import { count } from '../text/quantity.js';
import { withNextStep } from './sentence.js';

/** Before the first look everything is unknown. That is news only when it lasts longer than the slowest of them, which takes two readings 15 s apart. */
const FIRST_LOOK_SECONDS = 20;
/** More objectives that hold at the first look share one line. */
const OK_LINES_MAX = 10;
const SENTENCE_MAX = 400;

/** An objective that stands otherwise than in the view before, stands for the first time, or is gone. */
export interface Change {
  objective: ObjectiveView;
  /** Null at the first look. */
  from: State | null;
  /** Null where the objective is not there any more. */
  to: State | null;
}

/** The changes of state between two views, worst first. What is unknown from the beginning is one when it lasts. */
export function changesBetween(previous: LiveView | null, next: LiveView): Change[] {
  const before = new Map(previous?.objectives.map((objective) => [objective.id, objective]));
  const present = new Set(next.objectives.map(({ id }) => id));
  const changes: Change[] = [];
  for (const objective of next.objectives) {
    const { id, state } = objective;
    const from = before.get(id)?.state ?? null;
    if (state === 'unknown' && (from === null || from === 'unknown')) {
      if (isOverdue(objective, previous, next)) changes.push({ objective, from: null, to: state });
    } else if (from !== state) {
      // From an unknown that was never told: it is the first look.
      changes.push({ objective, from: from === 'unknown' && !wasTold(id, before.get(id)?.since ?? null, previous) ? null : from, to: state });
    }
  }
  const gone = (previous?.objectives ?? []).filter(({ id }) => !present.has(id));
  return [...changes.sort((a, b) => rank(a.to) - rank(b.to)), ...gone.map((objective) => ({ objective, from: objective.state, to: null }))];
}

function rank(state: State | null): number {
  return state === null ? STATES.length : STATES.indexOf(state);
}

/** True in the first view in which an unknown that was there from the beginning has lasted. */
function isOverdue({ id, since }: ObjectiveView, previous: LiveView | null, next: LiveView): boolean {
  if (since === null || next.at - since < FIRST_LOOK_SECONDS) return false;
  if (previous !== null && previous.at - since >= FIRST_LOOK_SECONDS) return false;
  return !cameOutOfKnown(id, next);
}

/** Whether an unknown that is over now was told: when it came out of a known state, or lasted from the beginning. */
function wasTold(id: string, since: EpochSeconds | null, previous: LiveView | null): boolean {
  if (since === null || previous === null) return false;
  return previous.at - since >= FIRST_LOOK_SECONDS || cameOutOfKnown(id, previous);
}

/** Whether its newest event is that it became unknown. Who computes since when it is so says another moment than that of the event. */
function cameOutOfKnown(id: string, { events }: LiveView): boolean {
  return events.find((event) => event.id === id)?.to === 'unknown';
}

/**
 * One sentence for each change of state, in words that a screen reader speaks: without glyphs, colours or control characters. Also what
 * cannot be looked at, once for each store and cause. `previous` is null for the first view.
 */
export function linesFor(previous: LiveView | null, next: LiveView): string[] {
  const changes = changesBetween(previous, next);
  const fresh = changes.filter(({ from, to }) => from === null && to === 'ok');
  const grouped = fresh.length > OK_LINES_MAX ? new Set(fresh) : new Set<Change>();
  const time = momentText(next.at);
  return [
    ...(previous === null ? [`${time} watching: ${watched(next)}.`] : []),
    ...lookLines(previous, next).map((line) => `${time} ${line}`),
    ...changes.filter((change) => !grouped.has(change)).map((change) => `${time} ${changeText(change)}`),
    ...(grouped.size > 0 ? [`${time} ok: ${count(grouped.size, 'objective')} hold at the first look.`] : []),
  ];
}

/** ECMA-262 knows no moment further from 1970. */
const SECONDS_MAX = 8_640_000_000_000;

/** `2026-11-21T14:43:02Z`; a moment that no calendar has is the last or first that one has. */
export function momentText(at: EpochSeconds): string {
  const seconds = Math.min(Math.max(Math.floor(at), -SECONDS_MAX), SECONDS_MAX);
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

function watched({ source, target }: LiveView): string {
  const stores = [source, target].filter((name) => name !== null).map((name) => plainText(name, 80));
  return stores.length === 0 ? 'no store' : stores.join(' and ');
}

function changeText({ objective, from, to }: Change): string {
  if (to === null) return `gone: ${plainText(objective.name)} is not there any more; it was ${objective.state}.`;
  const sentence = asSentence(objective.sentence);
  return from === null ? `${to}: ${sentence}` : `${to}, was ${from}: ${sentence}`;
}

function asSentence(text: string): string {
  const line = plainText(text, 2 * SENTENCE_MAX);
  return /[.;!?…]$/.test(line) ? line : `${line}.`;
}

/** Stores and files that cannot be looked at since this view, or can again; probes that fail for one reason share a line. */
function lookLines(previous: LiveView | null, next: LiveView): string[] {
  const before = failuresOf(previous);
  const after = failuresOf(next);
  const failed = [...after].filter(([key]) => !before.has(key)).map(([, { text, probes }]) => `cannot look (${probes.join(', ')}): ${text}`);
  const well = new Set(next.probes.filter(({ failure }) => failure === null).map(({ id, store }) => `${id} ${store}`));
  const back = [...before]
    .filter(([key, { store, probes }]) => !after.has(key) && probes.some((probe) => well.has(`${probe} ${store}`)))
    .map(([, { store, probes }]) => `looking again: ${plainText(store, 80)} answers (${probes.join(', ')}).`);
  return [...failed, ...back];
}

interface LookFailure {
  store: string;
  probes: string[];
  text: string;
}

function failuresOf(view: LiveView | null): Map<string, LookFailure> {
  const failures = new Map<string, LookFailure>();
  for (const { failure, id, store } of view?.probes ?? []) {
    if (failure === null) continue;
    const key = JSON.stringify([store, failure.message]);
    const known = failures.get(key) ?? { store, probes: [], text: asSentence(plainText(withNextStep(failure), 2 * SENTENCE_MAX)) };
    known.probes.push(id);
    failures.set(key, known);
  }
  return failures;
}
