import type { EpochSeconds, State } from '../../model/live.js';
import type { DifferenceKind, PairReport, Standing } from '../../model/reconciliation.js';
import { plainText } from '../../text/plain-text.js';
import { count, formatQuantity } from '../../text/quantity.js';
import type { KeysRecord } from './keys-record.js';
import { clock, type PairStatus } from './status.js';

/** How long keys may stay candidates before somebody should look at why they are neither confirmed nor gone. */
const CANDIDATE_SECONDS_MAX = 1800;

const LACKING: readonly DifferenceKind[] = ['missing', 'correction'];
const SURPLUS: readonly DifferenceKind[] = ['extra', 'deleted', 'duplicate'];
const KIND_WORDS: Record<DifferenceKind, string> = {
  missing: 'missing',
  correction: 'a late correction',
  extra: 'extra',
  deleted: 'deleted at the source and still there',
  duplicate: 'there more than once',
  changed: 'changed',
  rekeyed: 'under another key',
  rounding: 'rounded differently',
};

/** Keys of one standing, of all kinds or of some. */
export function keysOf({ counts }: Pick<PairReport, 'counts'>, standing: Standing, kinds: readonly DifferenceKind[] | null = null): number {
  return counts.reduce((sum, one) => sum + (one.standing === standing && (kinds === null || kinds.includes(one.kind)) ? one.keys : 0), 0);
}

/** `confirmed` breaks the objective, unless it is rounding; candidates are watched for half an hour; what could not be compared is unknown. */
export function stateOfReport(report: PairReport, now: EpochSeconds): State {
  switch (report.state) {
    case 'equal':
      return 'ok';
    case 'undetermined':
      return 'unknown';
    case 'differs':
      return keysOf(report, 'confirmed') === keysOf(report, 'confirmed', ['rounding']) && keysOf(report, 'confirmed') > 0 ? 'warning' : 'breach';
    case 'unconfirmed':
      return now - oldestCandidate(report, now) > CANDIDATE_SECONDS_MAX ? 'warning' : 'ok';
  }
}

function oldestCandidate({ differences }: PairReport, now: EpochSeconds): EpochSeconds {
  return differences.reduce((oldest, { standing, since }) => (standing === 'candidate' ? Math.min(oldest, since) : oldest), now);
}

/** How a pair stands by its keys. */
export function keysStatusOf(record: KeysRecord, now: EpochSeconds): PairStatus {
  const { report } = record;
  const name = plainText(record.pair.name, 60);
  const nothing = { missing_rows: 0, extra_rows: 0, late_rows: 0, now: null, state: 'unknown' as const };
  if (report === null || record.isStale(now)) {
    const { running, waits_because } = record.view(now);
    const share = running?.share ?? null;
    const under = running === null ? '' : `, a pass is under way${share === null ? '' : ` (${formatQuantity(share, 'share') ?? ''})`}`;
    const why = record.failure ?? (waits_because === null ? null : `its keys wait: ${waits_because}`);
    const since = report === null ? 'its keys were not compared yet' : `its keys were not compared since ${clock(record.read_at ?? now, now)}`;
    return { ...nothing, detail: running === null ? 'not read' : 'first pass', cause: () => `${name}: ${why ?? `${since}${under}`}` };
  }
  const state = stateOfReport(report, now);
  return {
    state,
    missing_rows: keysOf(report, 'confirmed', LACKING),
    extra_rows: keysOf(report, 'confirmed', SURPLUS),
    late_rows: keysOf(report, 'late'),
    now: state === 'unknown' ? null : count(keysOf(report, 'confirmed'), 'key'),
    detail: detailOf(report),
    cause: () => `${name}: ${causeOf(report, now)}`,
  };
}

function detailOf(report: PairReport): string {
  const [confirmed, candidates] = [keysOf(report, 'confirmed'), keysOf(report, 'candidate')];
  switch (report.state) {
    case 'differs':
      return confirmed === 0 ? 'keys differ' : `${count(confirmed, 'key differs', 'keys differ')}`;
    case 'unconfirmed':
      return candidates === 0 ? 'observed' : `${count(candidates, 'key')} observed`;
    case 'undetermined':
      return 'undetermined';
    case 'equal':
      return '';
  }
}

function causeOf(report: PairReport, now: EpochSeconds): string {
  const { source, target, notes, next_step, as_of } = report;
  const there = plainText(`${target.store} ${target.relation}`, 120);
  const here = plainText(`${source.store} ${source.relation}`, 120);
  const [note, next] = [phraseOf(notes[0] ?? null), phraseOf(next_step)];
  const rows = source.rows === null ? 'all rows' : `all ${count(source.rows, 'row')}`;
  switch (report.state) {
    case 'equal':
      return `${rows} of ${here} stand in ${there}, key by key${as_of === null ? '' : `, up to ${clock(as_of, now)}`}`;
    case 'differs': {
      const confirmed = keysOf(report, 'confirmed');
      return `${there} differs from ${here} in ${count(confirmed, 'key')}: ${kindsInWords(report, 'confirmed')}; confirmed${next === '' ? '' : `: ${next}`}`;
    }
    case 'unconfirmed':
      return `${there} differs from ${here} in ${count(keysOf(report, 'candidate'), 'key')} that may still arrive${note === '' ? '' : `; ${note}`}`;
    case 'undetermined':
      return `${there} and ${here} could not be compared: ${note === '' ? 'nothing told why' : note}${next === '' ? '' : `: ${next.charAt(0).toLowerCase()}${next.slice(1)}`}`;
  }
}

function phraseOf(text: string | null): string {
  return text === null ? '' : plainText(text, 300).replace(/\.$/, '');
}

/** `2 missing, 1 changed (amount_minor)`. */
function kindsInWords(report: PairReport, standing: 'confirmed' | 'candidate'): string {
  return report.counts
    .filter((one) => one.standing === standing && one.keys > 0)
    .map(({ kind, keys }) => {
      const columns = [...new Set(report.differences.filter((one) => one.kind === kind && one.standing === standing).flatMap((one) => one.columns))];
      const named = columns.length === 0 ? '' : ` (${columns.slice(0, 3).map((column) => plainText(column, 40)).join(', ')}${columns.length > 3 ? ', …' : ''})`;
      return `${formatQuantity(keys, 'count') ?? ''} ${KIND_WORDS[kind]}${named}`;
    })
    .join(', ');
}
