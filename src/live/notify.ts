import { createHash } from 'node:crypto';
import type { NotifyTarget } from '../model/configuration.js';
import { STATES, type EpochSeconds, type LiveView, type State } from '../model/live.js';
import { like } from '../text/glob.js';
import { bodiesOf } from './notify-body.js';

/** A state is told once it has held so long. */
const HOLD_SECONDS = 30;
/** Something that changed so often within an hour is told only once it has held longer. */
const FLAPPING_MESSAGES = 4;
const FLAPPING_WINDOW_SECONDS = 3600;
const FLAPPING_HOLD_SECONDS = 300;
/** Not to see, and not to find any more, is told only when it lasts: a restart or a short loss of the connection is neither. */
const BLIND_HOLD_SECONDS = 300;

/** What a target knows of one objective. */
export interface Told {
  /** The state of the last message. */
  state: State;
  /** A bad state was told, and that it is over was not. */
  open: boolean;
  /** Moments of the last messages, oldest first, at most `FLAPPING_MESSAGES`. */
  told_at: EpochSeconds[];
}

/** By target (a digest of its URL), then by objective. */
export type ToldByTarget = Record<string, Record<string, Told>>;

interface Candidate {
  state: State;
  first_at: EpochSeconds;
}

/** What was told, and what may be told next. Plain data: `told` outlives a restart, `candidates` need not. */
export interface NotifyMemory {
  told: ToldByTarget;
  candidates: Record<string, Record<string, Candidate>>;
}

/** One change that is worth a message. */
export interface Notice {
  objective: string;
  name: string;
  state: State;
  /** Of the message before; null where none is remembered. */
  previous: State | null;
  sentence: string;
  since: EpochSeconds | null;
  told: Told;
}

/** What is to be sent. */
export interface NotifyMessage {
  target: NotifyTarget;
  key: string;
  /** JSON, in the format of the target. */
  body: string;
  /** The changes that it tells, worst first. */
  notices: Notice[];
}

export const NOTHING_TOLD: NotifyMemory = { told: {}, candidates: {} };

/** Names a target without showing its URL, which may hold a secret. */
export function targetKey(target: NotifyTarget): string {
  return createHash('sha256').update(`${target.format} ${target.url}`).digest('hex').slice(0, 24);
}

/**
 * What each target is to be told now, and what to remember. Changes of state only: to a state at least as bad as the target's `from`, and
 * everything that follows until it is ok again, so that a recovery always follows. A state that does not hold is never told. What cannot
 * be looked at counts for a target that wants warnings, and for whoever was told of something bad, once it lasts for five minutes.
 */
export function messagesFor(memory: NotifyMemory, view: LiveView, targets: readonly NotifyTarget[]): { memory: NotifyMemory; messages: NotifyMessage[] } {
  const next: NotifyMemory = { told: { ...memory.told }, candidates: {} };
  const messages: NotifyMessage[] = [];
  for (const target of targets) {
    const key = targetKey(target);
    const told = { ...memory.told[key] };
    const candidates: Record<string, Candidate> = {};
    const notices: Notice[] = [];
    for (const standing of standings(view, target, told)) {
      const before = told[standing.objective];
      if (!isNews(standing.state, before, target)) continue;
      const candidate = candidateOf(memory.candidates[key]?.[standing.objective], standing.state, view.at);
      if (!holds(candidate, before, standing.gone, view.at)) {
        candidates[standing.objective] = candidate;
        continue;
      }
      const { gone, ...found } = standing;
      const after = { ...toldAfter(before, standing.state, view.at), ...(gone ? { open: false } : {}) };
      told[standing.objective] = after;
      notices.push({ ...found, previous: before?.state ?? null, told: after });
    }
    next.told[key] = remembered(told, view.at);
    next.candidates[key] = candidates;
    notices.sort((a, b) => STATES.indexOf(a.state) - STATES.indexOf(b.state));
    for (const { body, told: some } of bodiesOf(target.format, notices, view)) messages.push({ target, key, body, notices: some });
  }
  return { memory: next, messages };
}

interface Standing {
  objective: string;
  name: string;
  state: State;
  sentence: string;
  since: EpochSeconds | null;
  gone: boolean;
}

/** The objectives that a target wants, and those that it was told something bad of and that are not there any more. */
function standings(view: LiveView, target: NotifyTarget, told: Record<string, Told>): Standing[] {
  const wanted = view.objectives.filter(({ id }) => target.objectives.length === 0 || target.objectives.some((pattern) => like(id, pattern)));
  const present = new Set(view.objectives.map(({ id }) => id));
  const gone = Object.entries(told).filter(([id, { open }]) => open && !present.has(id));
  return [
    ...wanted.map(({ id, name, state, sentence, since }) => ({ objective: id, name, state, sentence, since, gone: false })),
    ...gone.map(([id, { state }]) => ({ objective: id, name: id, state: 'unknown' as const, sentence: `${id} is not there any more; it was ${state}`, since: view.at, gone: true })),
  ];
}

function isNews(state: State, before: Told | undefined, { from }: NotifyTarget): boolean {
  if (state === (before?.state ?? 'ok')) return false;
  return before?.open === true || isBad(state, from) || (state === 'unknown' && from === 'warning');
}

function isBad(state: State, from: NotifyTarget['from']): boolean {
  return STATES.indexOf(state) <= STATES.indexOf(from);
}

function candidateOf(known: Candidate | undefined, state: State, now: EpochSeconds): Candidate {
  // A clock that was set back begins anew.
  return known?.state === state && now >= known.first_at ? known : { state, first_at: now };
}

function holds({ first_at, state }: Candidate, before: Told | undefined, gone: boolean, now: EpochSeconds): boolean {
  const held_seconds = now - first_at;
  if (state === 'unknown' || gone) return held_seconds >= BLIND_HOLD_SECONDS;
  const recent = (before?.told_at ?? []).filter((at) => now - at < FLAPPING_WINDOW_SECONDS);
  return held_seconds >= (recent.length >= FLAPPING_MESSAGES ? FLAPPING_HOLD_SECONDS : HOLD_SECONDS);
}

function toldAfter(before: Told | undefined, state: State, now: EpochSeconds): Told {
  return { state, open: state !== 'ok', told_at: [...(before?.told_at ?? []), now].slice(-FLAPPING_MESSAGES) };
}

/** What is over is remembered only while it tells of flapping. */
export function remembered(told: Record<string, Told>, now: EpochSeconds): Record<string, Told> {
  const kept = Object.entries(told).filter(([, { open, told_at }]) => open || now - (told_at.at(-1) ?? 0) < FLAPPING_WINDOW_SECONDS);
  return Object.fromEntries(kept);
}
