import type { NotifyTarget } from '../model/configuration.js';
import { STATES, type LiveView, type State } from '../model/live.js';
import { plainText } from '../text/plain-text.js';
import { momentText } from './lines.js';
import type { Notice } from './notify.js';

export const SCHEMA_VERSION = 1;

/** More changes at once share one message: an outage is one thing, not forty. */
const SINGLE_MAX = 5;
/** A shared message names so many of them and counts the rest. */
const LISTED_MAX = 20;
const SENTENCE_MAX = 400;

/** The messages of one target, each with the changes that it tells. */
export function bodiesOf(format: NotifyTarget['format'], notices: readonly Notice[], view: LiveView): { body: string; told: Notice[] }[] {
  if (notices.length > SINGLE_MAX) return [{ body: bodyOf(format, notices, view), told: [...notices] }];
  return notices.map((notice) => ({ body: bodyOf(format, [notice], view), told: [notice] }));
}

function bodyOf(format: NotifyTarget['format'], notices: readonly Notice[], view: LiveView): string {
  return JSON.stringify(format === 'slack' ? { text: slackText(notices, view) } : jsonBody(notices, view));
}

/**
 * Keys sorted. One change: `objective`, `previous`, `since` and `state` are its own and `changes` has this one entry; several: `objective`,
 * `previous` and `since` are null, `state` is the worst, and `changes` has the first twenty. `since` is RFC 3339. `source` and `target` are
 * the names of the stores.
 */
function jsonBody(notices: readonly Notice[], view: LiveView): Record<string, unknown> {
  const changes = notices.slice(0, LISTED_MAX).map(({ name, objective, previous, sentence, since, state }) => ({
    name: plainText(name),
    objective: plainText(objective),
    previous,
    sentence: plainText(sentence, SENTENCE_MAX),
    since: since === null ? null : momentText(since),
    state,
  }));
  const only = changes.length === 1 ? changes[0] : undefined;
  return {
    at: momentText(view.at),
    changes,
    objective: only?.objective ?? null,
    previous: only?.previous ?? null,
    schemaVersion: SCHEMA_VERSION,
    sentence: only?.sentence ?? summary(notices),
    since: only?.since ?? null,
    source: view.source === null ? null : plainText(view.source),
    state: only?.state ?? notices[0]?.state ?? 'unknown',
    target: view.target === null ? null : plainText(view.target),
  };
}

/** `12 objectives changed: 8 breach, 4 ok`. */
function summary(notices: readonly Notice[]): string {
  const counts = STATES.map((state) => ({ state, count: notices.filter((notice) => notice.state === state).length })).filter(({ count }) => count > 0);
  return `${notices.length} objectives changed: ${counts.map(({ count, state }) => `${count} ${state}`).join(', ')}`;
}

/** Escaped as https://docs.slack.dev/messaging/formatting-message-text says: nothing in it can become a mention or a link. */
function slackText(notices: readonly Notice[], { source, target }: LiveView): string {
  const where = [source, target].filter((name) => name !== null).map((name) => plainText(name, 80)).join(' to ');
  const lines = notices.slice(0, LISTED_MAX).map(({ previous, sentence, state }) => `${headline(state, previous)}: ${plainText(sentence, SENTENCE_MAX)}`);
  const rest = notices.length - lines.length;
  const text = [
    ...(notices.length > 1 ? [summary(notices)] : []),
    ...lines,
    ...(rest > 0 ? [`and ${rest} more`] : []),
    ...(where === '' ? [] : [`tidemark, ${where}`]),
  ].join('\n');
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function headline(state: State, previous: State | null): string {
  const now = state === 'ok' ? 'recovered' : state;
  return previous === null || previous === state ? now : `${now}, was ${previous}`;
}
