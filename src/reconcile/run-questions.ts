import { commonForm } from '../stores/expressions/common.js';
import type { ColumnForm } from '../stores/expressions/expression.js';
import { expressionsOf } from '../stores/expressions/index.js';
import type { LiveSession } from '../stores/live.js';
import type { Answers, OpenKey } from './judge/kinds.js';
import { shiftOf, type Shift } from './judge/rounding.js';
import { readKeys } from './keys/pass.js';
import type { KeyState, PairPlan, PassContext, PlannedColumn, Which } from './keys/types.js';

/** Of more keys the first are asked for; the kinds of the others are those that their states tell. */
const KEYS_MAX = 2_000;

export interface QuestionContext {
  sessions: Record<Which, LiveSession>;
  reading: Pick<PassContext, 'pace' | 'target_pace' | 'signal'>;
  /** The target's column of positions in the source's log; null where it has none. */
  logColumn: { column: string; form: ColumnForm } | null;
}

/**
 * Asks the engines what the states of keys do not tell: which extra keys the source had, and which values are off by rounding
 * alone. Nothing but digests travels here too. @throws what reading throws.
 */
export async function ask(open: readonly OpenKey[], plan: PairPlan, context: QuestionContext): Promise<Answers> {
  const extra = open.filter(({ observed }) => observed.source === null).slice(0, KEYS_MAX);
  const tombstones = new Set<string>();
  if (extra.length > 0 && plan.source.living !== null) {
    const withDeleted = { ...plan, source: { ...plan.source, living: null } };
    const found = await readKeys(withDeleted, 'source', keysOf(extra), context.sessions.source, context.reading);
    for (const key of extra) if (stateOf(found, key) !== undefined) tombstones.add(key.observed.id);
  }
  if (extra.length > 0 && context.logColumn !== null) {
    const { engine } = context.sessions.target;
    const found = await readKeys({ ...plan, changed: inTarget(context.logColumn) }, 'target', keysOf(extra), context.sessions.target, context.reading);
    for (const key of extra) {
      const lsn = stateOf(found, key)?.changed ?? null;
      if (lsn !== null && lsn !== expressionsOf(engine).nullText) tombstones.add(key.observed.id);
    }
  }
  return { tombstones, rounding: await roundedKeys(open, plan, context) };
}

function inTarget({ column, form }: { column: string; form: ColumnForm }): PlannedColumn | null {
  const common = commonForm(form, form);
  return 'because' in common ? null : { source: column, target: column, decimals: null, sourceForm: form, targetForm: form, form: common, text: column };
}

/** Keys whose columns differ only where one side keeps fewer digits, and there by less than one unit of its last place. */
async function roundedKeys(open: readonly OpenKey[], plan: PairPlan, context: QuestionContext): Promise<Set<string>> {
  const rounded = new Set<string>();
  const shifts = plan.columns.map((column) => shiftOf(column));
  const asked = open.filter((key) => differingShifts(key, shifts) !== null).slice(0, KEYS_MAX);
  if (asked.length === 0) return rounded;
  for (const finer of ['source', 'target'] as const) {
    const mine = asked.filter((key) => differingShifts(key, shifts)?.every((shift) => shift.finer === finer) === true);
    if (mine.length === 0) continue;
    const states: Map<string, KeyState>[] = [];
    for (const sign of [1, -1] as const) {
      const shifted = shiftedPlan(plan, finer, shifts, sign, context.sessions[finer]);
      if (shifted !== null) states.push(await readKeys(shifted, finer, keysOf(mine), context.sessions[finer], context.reading));
    }
    for (const key of mine) {
      const own = states.map((found) => stateOf(found, key)?.columns ?? []);
      const other = key.observed[finer === 'source' ? 'target' : 'source']?.columns ?? [];
      const matches = plan.columns.every((_, at) => key.observed[finer]?.columns[at] === other[at] || own.some((columns) => columns[at] === other[at]));
      if (matches && states.length > 0) rounded.add(key.observed.id);
    }
  }
  return rounded;
}

/** Of the columns that differ; null where one of them cannot differ by rounding, or none differs. */
function differingShifts({ observed: { source, target } }: OpenKey, shifts: readonly (Shift | null)[]): Shift[] | null {
  if (source === null || target === null || source.rows !== 1 || target.rows !== 1) return null;
  const differing = shifts.filter((_, at) => source.columns[at] !== target.columns[at]);
  const known = differing.flatMap((shift) => shift ?? []);
  return known.length > 0 && known.length === differing.length ? known : null;
}

/** The plan with the columns of one side moved by their shift; null where the engine's arithmetic is not known here. */
function shiftedPlan(plan: PairPlan, finer: Which, shifts: readonly (Shift | null)[], sign: 1 | -1, session: LiveSession): PairPlan | null {
  const side = plan[finer];
  const { name } = expressionsOf(session.engine);
  const moved = new Map<string, string>();
  for (const [at, shift] of shifts.entries()) {
    const column = plan.columns[at];
    if (shift === null || shift.finer !== finer || column === undefined) continue;
    const expression = shift.expression(session.engine, `t.${name(column[finer])}`, sign);
    if (expression === null) return null;
    moved.set(column[finer], expression);
  }
  const columns = [...plan.key, ...plan.columns, ...(plan.changed === null ? [] : [plan.changed]), ...(plan.time === null ? [] : [plan.time])];
  const names = [...new Set(columns.map((column) => column[finer]))];
  const list = names.map((column) => `${moved.get(column) ?? `t.${name(column)}`} as ${name(column)}`);
  const from = `(select ${list.join(', ')} from ${side.from}${side.living === null ? '' : ` where ${side.living}`}) as t`;
  return { ...plan, [finer]: { ...side, from, living: null, scan: { by: 'whole' } } };
}

function keysOf(open: readonly OpenKey[]): string[][] {
  return open.map(({ observed }) => observed.key);
}

function stateOf(found: ReadonlyMap<string, KeyState>, { observed }: OpenKey): KeyState | undefined {
  return found.get(JSON.stringify(observed.key));
}
