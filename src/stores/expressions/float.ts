import type { Dialect } from './dialect.js';
import type { ColumnForm, CommonForm } from './expression.js';

/** Where the fixed number of decimals of a float without a tolerance ends: the product with 1e6 stays below 2^63. */
const FIXED_MAX = '9e12';
/** The largest double, and what rounds to the largest single: 2^128 - 2^103. */
const MOST = { 64: '1.7976931348623157e308', 32: '3.4028235677973362e38' } as const;
/** 2^29 + 1: a double times this, less the difference from itself, is the double rounded to the 24 bits of a single (T. J. Dekker, 1971). */
const SPLITTER = '536870913e0';

/**
 * A float as digits that are the same in every engine: only multiplication, subtraction, division and rounding down of IEEE 754 doubles
 * are used, since engines print floats differently and round ties differently.
 *
 * With `decimals` d: floor(x * 10^d + 0.5). Without: six decimals from 1 to 9e12, nine from 0.001 to 1 (marked `s`), and eleven to fourteen
 * significant digits with an exponent outside: a change in the seventh to tenth place is seen at every size, while one in the last bits, as
 * from fifteen printed digits, is not. Zero has no sign, and below 1e-290 is zero (a single below 1e-37: its last bits go missing one by one from
 * 1.2e-38 on). NaN and the infinities are words.
 */
export function floatText(dialect: Dialect, x: string, own: ColumnForm, common: Extract<CommonForm, { kind: 'float' }>): string {
  const wide = dialect.double(x, own);
  const isNarrowed = common.bits === 32 && !(own.kind === 'float' && own.bits === 32);
  const value = isNarrowed ? narrowed(dialect, wide) : wide;
  const size = `abs(${wide})`;
  const at = (literal: string): string => dialect.doubleConstant(literal);
  const most = MOST[common.bits];
  const arms = common.decimals === null
    ? [
        `when ${size} >= ${at('1e0')} and ${size} < ${at(FIXED_MAX)} then ${rounded(dialect, value, '1e6')}`,
        `when ${size} < ${at('1e0')} and ${size} >= ${at('1e-3')} then ${dialect.join([rounded(dialect, value, '1e9'), dialect.text('s')])}`,
      ]
    : [`when ${size} < ${at(`9e${15 - common.decimals}`)} then ${rounded(dialect, value, `1e${common.decimals}`)}`];
  return [
    'case', ...arms,
    `when ${wide} is null then null`,
    `when ${size} < ${at(common.bits === 32 ? '1e-37' : '1e-290')} then '0'`,
    `when ${dialect.isNaN(wide)} then 'NaN'`,
    `when ${wide} > ${at(most)} then 'Infinity'`,
    `when ${wide} < ${at(`-${most}`)} then '-Infinity'`,
    `else ${scaled(dialect, value, wide)} end`,
  ].join(' ');
}

function rounded(dialect: Dialect, value: string, factor: string): string {
  return dialect.whole(`floor(${value} * ${dialect.doubleConstant(factor)} + ${dialect.doubleConstant('0.5e0')})`);
}

function narrowed(dialect: Dialect, wide: string): string {
  const product = `${wide} * ${dialect.doubleConstant(SPLITTER)}`;
  return `(${product} - (${product} - ${wide}))`;
}

/**
 * Eleven to fourteen digits and their exponent, a multiple of three. Where one exponent ends and the next begins lies between powers of
 * ten, at 10^(n + 0.7), so that the last bit of an engine's logarithm does not decide over round numbers.
 */
function scaled(dialect: Dialect, value: string, wide: string): string {
  const exponent = dialect.whole(`(floor((${dialect.log10(`abs(${wide})`)} - ${dialect.doubleConstant('13.7e0')}) / ${dialect.doubleConstant('3e0')}) * ${dialect.doubleConstant('3e0')} + ${dialect.doubleConstant('3e0')})`);
  const digits = dialect.whole(`floor(${value} / ${dialect.tenTo(exponent)} + ${dialect.doubleConstant('0.5e0')})`);
  return dialect.join([digits, dialect.text('e'), exponent]);
}
