/** How much of a source value is left in an output, from everything to nothing. */
export const MASK_LEVELS = [
  'raw',
  'reversible',
  'pseudonymous-weak',
  'pseudonymous-keyed',
  'partial',
  'aggregate',
  'predicate',
  'constant',
] as const;

export type MaskLevel = (typeof MASK_LEVELS)[number];
