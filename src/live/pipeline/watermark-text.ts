import type { PipelineRun } from '../../probes/pipeline-runs.js';

/** A watermark as a control table holds it, where it can be ordered. */
type Mark = { kind: 'number'; value: bigint } | { kind: 'time'; value: number } | { kind: 'lsn'; value: bigint };

const NUMBER = /^-?\d{1,40}$/;
const LSN = /^([0-9A-F]{1,8})\/([0-9A-F]{1,8})$/i;
const TIME = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?$/;
const HOURS_ONLY = /[+-]\d{2}$/;
/** Loaders begin where the one before ended, or one unit after it. */
const NUMBER_STEP = 1n;
const TIME_STEP_MS = 1000;

/** Null where it is a word of the loader's own. */
function markOf(text: string | null): Mark | null {
  const given = text?.trim() ?? '';
  if (NUMBER.test(given)) return { kind: 'number', value: BigInt(given) };
  const lsn = LSN.exec(given);
  if (lsn !== null) return { kind: 'lsn', value: (BigInt(`0x${lsn[1] ?? '0'}`) << 32n) + BigInt(`0x${lsn[2] ?? '0'}`) };
  if (!TIME.test(given)) return null;
  const hasTime = given.length > 10;
  const zoned = /(?:Z|[+-]\d{2}(?::?\d{2})?)$/.test(given.slice(10));
  const iso = `${given.replace(' ', 'T')}${hasTime && !zoned ? 'Z' : ''}`;
  const value = Date.parse(hasTime && HOURS_ONLY.test(iso) ? `${iso}:00` : iso);
  return Number.isNaN(value) ? null : { kind: 'time', value };
}

/** How far `b` lies beyond `a`, in steps: 0 when the one may follow the other; null where they cannot be compared. */
function beyond(a: Mark | null, b: Mark | null): number | null {
  if (a === null || b === null) return null;
  if (a.kind === 'time' && b.kind === 'time') return Math.abs(b.value - a.value) <= TIME_STEP_MS ? 0 : Math.sign(b.value - a.value);
  if (a.kind === 'time' || b.kind === 'time' || a.kind !== b.kind) return null;
  const step = a.kind === 'number' ? NUMBER_STEP : 0n;
  if (b.value > a.value + step) return 1;
  return b.value < a.value ? -1 : 0;
}

export type Join = 'contiguous' | 'gap' | 'overlap' | 'unknown';

/** Whether a run begins where the one before it ended, by the texts of their watermarks. */
export function joinOf(before: Pick<PipelineRun, 'high_watermark'>, after: Pick<PipelineRun, 'low_watermark'>): Join {
  // What cannot be ordered, such as a digest, can be equal.
  if (before.high_watermark !== null && before.high_watermark === after.low_watermark) return 'contiguous';
  const steps = beyond(markOf(before.high_watermark), markOf(after.low_watermark));
  if (steps === null) return 'unknown';
  return steps > 0 ? 'gap' : steps < 0 ? 'overlap' : 'contiguous';
}

/** Whether a later run covers what lies between two others. */
export function covers(run: Pick<PipelineRun, 'low_watermark' | 'high_watermark'>, before: Pick<PipelineRun, 'high_watermark'>, after: Pick<PipelineRun, 'low_watermark'>): boolean {
  const starts = beyond(markOf(before.high_watermark), markOf(run.low_watermark));
  const ends = beyond(markOf(run.high_watermark), markOf(after.low_watermark));
  return starts !== null && ends !== null && starts <= 0 && ends <= 0;
}
