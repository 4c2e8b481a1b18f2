import type { Engine } from '../../model/store.js';
import type { ColumnForm } from '../../stores/expressions/expression.js';
import type { PlannedColumn, Which } from '../keys/types.js';

/**
 * How a value that was written with fewer digits is found again: the finer side, moved by this much up or down, is written as
 * the coarser side's value exactly where the two are less than one unit of the coarser side's last place apart.
 */
export interface Shift {
  finer: Which;
  /** SQL of the column moved; null where the arithmetic of the engine is not known here. */
  expression(engine: Engine, column: string, sign: 1 | -1): string | null;
}

/** Null where both sides keep the same digits: then one unit is a difference like any other. */
export function shiftOf({ sourceForm, targetForm, form }: PlannedColumn): Shift | null {
  const [source, target] = [digitsOf(sourceForm), digitsOf(targetForm)];
  if (source === null || target === null || source === target) return null;
  const finer: Which = source > target ? 'source' : 'target';
  if (form.kind === 'timestamp') return { finer, expression: (engine, column, sign) => movedTime(engine, column, sign, form.digits) };
  const places = form.kind === 'decimal' ? form.scale : form.kind === 'float' ? form.decimals : null;
  // A decimal is rounded to the nearest: half a unit leads to the value below and to that above.
  return places === null ? null : { finer, expression: (engine, column, sign) => movedNumber(engine, column, sign, places) };
}

function digitsOf(form: ColumnForm): number | null {
  if (form.kind === 'integer') return 0;
  if (form.kind === 'decimal') return form.scale ?? Number.MAX_SAFE_INTEGER;
  if (form.kind === 'float') return Number.POSITIVE_INFINITY;
  return form.kind === 'timestamp' ? form.digits : null;
}

function movedNumber(engine: Engine, column: string, sign: 1 | -1, places: number): string {
  const half = places < 0 ? `5${'0'.repeat(-places - 1)}` : `0.${'0'.repeat(places)}5`;
  const constant = engine === 'clickhouse' ? `toDecimal128('${half}', ${places + 1})` : engine === 'bigquery' ? `bignumeric '${half}'` : half;
  return `(${column} ${sign > 0 ? '+' : '-'} ${constant})`;
}

/** Times are cut, not rounded, so a whole unit leads to the next. */
function movedTime(engine: Engine, column: string, sign: 1 | -1, digits: number): string | null {
  const microseconds = digits > 6 ? null : 10 ** (6 - digits);
  if (microseconds === null) return null;
  const operator = sign > 0 ? '+' : '-';
  switch (engine) {
    case 'postgres':
    case 'redshift':
      return `(${column} ${operator} interval '${microseconds} microseconds')`;
    case 'duckdb':
      return `(${column} ${operator} to_microseconds(${microseconds}))`;
    case 'clickhouse':
      return `addMicroseconds(toDateTime64(${column}, 6, 'UTC'), ${sign * microseconds})`;
    default:
      return null;
  }
}
