import type { MetricComparison, MetricVerdict } from '../../model/metric-verdict.js';
import type { Page } from '../../report/layout/page.js';
import { widthOf } from '../../report/layout/wrap.js';
import { toAscii } from '../../tui/theme.js';

/** How one definition relates to another: one character that never stands without its words on the same page. */
export const SIGNS = {
  same: { sign: '✓', ascii: '=', words: 'the same' },
  stricter: { sign: '⊂', ascii: '<', words: 'counts only some of its rows' },
  looser: { sign: '⊃', ascii: '>', words: 'counts its rows and more' },
  overlapping: { sign: '∩', ascii: '%', words: 'each counts rows that the other leaves out' },
  different: { sign: '≠', ascii: '#', words: 'differs in more than the rows, or shares none' },
  empty: { sign: '≈', ascii: '0', words: 'differs only where nothing matches' },
  undecided: { sign: '?', ascii: '?', words: 'not decided, or not compared' },
} as const;
export type SignId = keyof typeof SIGNS;

/** The sign of a comparison, read from its first definition to its second. */
export function signOf({ verdict, cosmetic }: Pick<MetricComparison, 'verdict' | 'cosmetic'>): SignId {
  if (verdict === 'equal' || verdict === 'equal-under') return 'same';
  return cosmetic && verdict !== 'undecided' ? 'empty' : verdict;
}

const TURNED: Partial<Record<SignId, SignId>> = { stricter: 'looser', looser: 'stricter' };

/** The same comparison read from its second definition to its first. */
export function turned(sign: SignId): SignId {
  return TURNED[sign] ?? sign;
}

/** A verdict on a group: its sign, its word, and the colour that repeats both. */
export function verdictMark(page: Page, verdict: MetricVerdict, cosmetic: boolean): { text: string; paint: (text: string) => string } {
  const { sign } = SIGNS[signOf({ verdict, cosmetic })];
  const text = `${sign} ${verdict}`;
  if (verdict === 'undecided') return { text, paint: page.unknown.paint };
  if (verdict === 'equal' || verdict === 'equal-under') return { text, paint: page.outcome('holds', null).paint };
  return { text, paint: page.level(cosmetic ? 'note' : 'error').paint };
}

const ASCII = /^[\n -~]*$/;
const OWN: ReadonlyMap<string, string> = new Map(Object.values(SIGNS).map(({ sign, ascii }) => [sign, ascii]));
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Lines for a terminal that knows no UTF-8: every character as wide as before, so that tables stay tables. Colours stay. */
export function asciiLines(lines: readonly string[]): string[] {
  return lines.map((line) => {
    if (ASCII.test(line)) return line;
    // oxlint-disable-next-line no-control-regex
    return line.split(/(\u001B\[[0-9;]*m)/).map((part, index) => (index % 2 === 1 ? part : asciiText(part))).join('');
  });
}

function asciiText(text: string): string {
  return [...graphemes.segment(text)].map(({ segment }) => (ASCII.test(segment) ? segment : (OWN.get(segment) ?? toAscii(segment)).padEnd(widthOf(segment), '?'))).join('');
}
