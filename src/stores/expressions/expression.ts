import type { Engine } from '../../model/store.js';

/** What a column holds, apart from what its engine calls it. */
export type ColumnForm =
  | { kind: 'integer' }
  /** `scale` is null where a value may have any number of decimals. Integers of more than 64 bits without a sign are decimals of scale 0. */
  | { kind: 'decimal'; scale: number | null; /** All digits are decimals, as in DECIMAL(5,5). */ below_one?: true }
  | { kind: 'float'; bits: 32 | 64 }
  | { kind: 'boolean' }
  /**
   * `padded` for char(n), whose blanks at the end mean nothing. Enums and domains over text are text. `bytes` where any bytes may stand
   * in it, as in ClickHouse's String. `by`: what the engine needs to print the value as clients see it, for its own expressions.
   */
  | { kind: 'text'; padded: boolean; bytes?: boolean; by?: string }
  | { kind: 'uuid' }
  | { kind: 'bytes' }
  | { kind: 'date' }
  /** `digits` of a second, 0 to 9. */
  | { kind: 'time'; digits: number }
  | { kind: 'timestamp'; zoned: boolean; digits: number }
  | { kind: 'interval' }
  /** `kept` where the order of members and the writing of numbers are those of the text that came in, or that leaves by any client. */
  | { kind: 'json'; kept: boolean }
  /** `never_null` where NULL is stored as the empty array. */
  | { kind: 'array'; element: ColumnForm; never_null?: true };

/**
 * What both sides of a comparison write a value as: what the target can hold of what the source holds. Where the target has fewer
 * decimals or digits of a second the source is brought to them (decimals rounded half away from zero, moments cut), where it has more
 * they must be zero. A tolerance makes both coarser.
 */
export type CommonForm =
  | { kind: 'integer' | 'boolean' | 'uuid' | 'bytes' | 'date' | 'interval' | 'json' }
  | { kind: 'text'; padded: boolean }
  /** `scale` is null for all decimals of both, without zeros at the end. */
  | { kind: 'decimal'; scale: number | null }
  /** Compared after rounding to so many decimals; null for about ten significant digits. With 32 `bits` after rounding to their 24-bit mantissa. */
  | { kind: 'float'; bits: 32 | 64; decimals: number | null }
  | { kind: 'time' | 'timestamp'; digits: number }
  /** `empty_for_null`: one side cannot tell NULL from the empty array. */
  | { kind: 'array'; element: CommonForm; empty_for_null?: true };

/** What a column cannot be compared for, in words that follow its name. */
export interface Incomparable {
  because: string;
}

export type PeriodUnit = 'hour' | 'day' | 'month';

/**
 * How one engine writes what both sides of a comparison must compute alike. Every member gives SQL text; expressions that
 * come in are SQL by themselves. Data only: no state, no connection.
 *
 * The canonical text of a value is the same bytes (UTF-8) in every engine for equal values, and different bytes for
 * different ones; NULL has a text of its own that no value has.
 */
export interface EngineExpressions {
  readonly engine: Engine;
  /** The first version that has the functions of digests, as `LiveSession.version_num` counts and as people call it; absent where every supported one has. */
  readonly version_min?: { num: number; name: string };
  /** A name in quotes, whatever stands in it. */
  name(name: string): string;
  /** `schema.name`, or `database.schema.name` where the schema has a point and the engine three levels. */
  relation(relation: { schema: string; name: string }): string;
  /** A text constant, whatever stands in it. */
  text(text: string): string;
  /** An integer of 64 bits, or a wider one where the engine has it. */
  integer(value: bigint): string;

  /** Null for a type that this engine cannot be compared by; `type` as `DescribedColumn` has it. */
  formOf(type: string): ColumnForm | null;
  /** The canonical text of a value of form `own`, never NULL. */
  canonical(expression: string, own: ColumnForm, common: CommonForm): string;
  /** The canonical text of NULL, the same in every engine. */
  readonly nullText: string;
  /** Canonical texts of several columns as one text from which each can be told. */
  rowText(canonical: readonly string[]): string;
  /** The first 60 bits of md5 of a text as a non-negative integer. */
  digest(text: string): string;
  /** The sum of digests over a group as decimal digits in a text, never NULL and never wrapping; `0` over none. */
  digestSum(digest: string): string;
  /** The sum of an integer or decimal column over a group as decimal text, exact and never wrapping; NULL over none. */
  exactSum(expression: string, own: ColumnForm): string;
  /** The sum of a float column over a group as text that `Number` reads, or that begins with `inf`, `-inf` or `nan` in any case; NULL over none. */
  floatSum(expression: string): string;
  /** A count over a group or an integer expression as decimal digits in a text. */
  digits(expression: string): string;
  /** `value div width` of an integer expression of 64 bits, rounded down, also below zero, without overflow at both ends. */
  bucket(expression: string, width: bigint): string;
  /** `digest mod count`. */
  remainder(digest: string, count: number): string;
  /**
   * A constant for comparison with a column of the form, so that an index serves; from its canonical text. `common` where it is not what
   * the form is compared with itself as. Only where `keepsValue(own, common)`: else several values have one canonical text.
   */
  constant(canonical: string, own: ColumnForm, common?: CommonForm): string;

  /** Seconds since 1970 of a date or timestamp as a double; NULL for an infinite one. Times without a zone are UTC. */
  epochSeconds(expression: string, own: ColumnForm): string;
  /** Seconds since 1970 of the beginning of the hour, day or month in UTC, as an integer; NULL for an infinite one. */
  periodStart(unit: PeriodUnit, expression: string, own: ColumnForm): string;
  /** A moment as a constant of the form of a column. */
  moment(epoch_seconds: number, own: ColumnForm): string;
  /** The engine's clock as seconds since 1970, a double. */
  now(): string;
}
