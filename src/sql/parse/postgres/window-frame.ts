import { frameText } from '../window-frame.js';

/** The bits of `frameOptions` (PostgreSQL 18, nodes/parsenodes.h, FRAMEOPTION_*). */
const UNITS: Bits = [[0x2, 'range'], [0x4, 'rows'], [0x8, 'groups']];
const STARTS: Bits = [[0x20, 'unbounded preceding'], [0x80, 'unbounded following'], [0x200, 'current row'], [0x800, 'preceding'], [0x2000, 'following']];
const ENDS: Bits = [[0x40, 'unbounded preceding'], [0x100, 'unbounded following'], [0x400, 'current row'], [0x1000, 'preceding'], [0x4000, 'following']];
const EXCLUSIONS: Bits = [[0x8000, 'current row'], [0x10000, 'group'], [0x20000, 'ties']];

type Bits = readonly (readonly [bit: number, words: string])[];

/** The frame of a window in words; null for the one that it has when none is written. */
export function frameOf(options: number | undefined): string | null {
  const wordsOf = (bits: Bits): string | null => bits.find(([bit]) => ((options ?? 0) & bit) !== 0)?.[1] ?? null;
  const unit = wordsOf(UNITS);
  const start = wordsOf(STARTS);
  return unit === null || start === null ? null : frameText({ unit, start, end: wordsOf(ENDS), exclude: wordsOf(EXCLUSIONS) });
}
