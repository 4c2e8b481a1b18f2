/** How much of a source value is left in an output, from everything to nothing. */
export type MaskLevel =
  | 'raw'
  | 'reversible'
  | 'pseudonymous-weak'
  | 'pseudonymous-keyed'
  | 'partial'
  | 'aggregate'
  | 'predicate'
  | 'constant';
