/** A longer text is not rendered: it becomes a problem. Characters. */
export const TEXT_LENGTH_MAX = 1_000_000;

/** Optional clauses, macros and references nested deeper than this are refused. */
export const NESTING_MAX = 100;

/** How many texts one template gives at most. */
export const VARIANTS_MAX = 8;
