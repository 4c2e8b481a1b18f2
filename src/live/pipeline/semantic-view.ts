import type { EpochSeconds, ObjectiveView } from '../../model/live.js';
import type { PayloadOf } from '../../probes/index.js';
import { plainText } from '../../text/plain-text.js';
import type { Feed } from '../freshness/feed.js';
import { utcTime } from '../freshness/words.js';
import { isStale } from '../staleness.js';

type ViewRow = PayloadOf<'semantic-views'>['views'][number];

/** One view that dashboards read. */
export class SemanticView {
  #row: ViewRow | null = null;
  #answered_at: EpochSeconds | null = null;
  /** Why it could not be looked at in the last round; null where it was. */
  #unread: string | null = null;
  #has_run = false;
  #broken_since: EpochSeconds | null = null;

  constructor(
    readonly key: string,
    readonly view: string,
    readonly feed: Feed,
  ) {}

  accept(row: ViewRow, at: EpochSeconds): void {
    this.#row = row;
    this.#answered_at = at;
    this.#unread = null;
    this.#has_run ||= row.runs;
    this.#broken_since = row.runs ? null : (this.#broken_since ?? at);
  }

  /** It was not looked at this time: the answer before holds as long as any does. */
  skip(reason: string): void {
    this.#unread = reason;
  }

  /** `loads_succeed`: the last run of every pipeline of its store succeeded; null where there is none. */
  objective(now: EpochSeconds, loads_succeed: boolean | null): ObjectiveView {
    const view = plainText(this.view);
    const row = this.#row;
    const why = this.#whyUnknown(now);
    const state = why !== null || row === null ? 'unknown' : row.runs ? 'ok' : 'breach';
    return {
      id: `pipeline/view/${plainText(this.key)}`,
      kind: 'pipeline',
      name: view,
      target: 'runs',
      now: state === 'unknown' ? null : state === 'ok' ? 'runs' : 'fails',
      state,
      detail: state === 'breach' ? 'does not run' : '',
      since: state === 'breach' ? this.#broken_since : null,
      history: null,
      limit: null,
      budget: null,
      sentence: why !== null || row === null ? `${view}: ${why ?? 'it has not been tried yet'}` : this.#sentence(view, row, loads_succeed, now),
      screen: 'freshness',
      subject: view,
    };
  }

  #whyUnknown(now: EpochSeconds): string | null {
    const silence = this.feed.silence(now);
    if (silence !== null) return silence;
    if (!isStale(this.#answered_at, this.feed.pace_seconds, now)) return null;
    return this.#unread === null ? 'it has not been tried yet' : `it could not be tried: ${plainText(this.#unread, 300)}`;
  }

  #sentence(view: string, { runs, error, depth }: ViewRow, loads_succeed: boolean | null, now: EpochSeconds): string {
    if (runs) return depth === 'bound' ? `${view}: its names and types fit; to run it costs too much to be tried each time` : `${view} runs`;
    const loads = loads_succeed === true ? ' although loads succeed' : loads_succeed === false ? ', and a load fails too' : '';
    const since = this.#has_run ? `no longer runs since ${utcTime(this.#broken_since ?? now, now)}` : 'does not run';
    return `${view} ${since}${loads}: ${plainText(error ?? 'the server gave no reason')}; look at what was changed below it`;
  }
}
