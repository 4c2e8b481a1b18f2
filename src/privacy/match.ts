/**
 * Weights in log-odds, over the share of columns that hold personal data in ordinary schemas. Fitted by hand to the
 * tuning part of the labelled schemas; the evaluation holds the others out.
 */
export const WEIGHT = {
  prior: Math.log(0.027 / 0.973),
  strong: { full: 6, qualified: 5.4, qualifiedSome: 5, half: 4.6, part: 3.2 },
  weak: { full: 2.7, part: 1.2 },
  notAtEnd: -1.2,
  bookkeeping: -3.5,
  against: -5,
  ofThing: -2,
  impossibleType: -4,
  tooShort: -6,
  booleanType: -6,
  unknownType: -1,
  domainSays: 2,
  typicalType: 5,
  noPerson: -3.5,
  thing: -1.5,
} as const;

/** How a name fits a kind. */
export interface Match {
  weight: number;
  strength: 'strong' | 'weak';
  /** The words of the name that the match leaves over. */
  rest: string[];
  /** `name` and nothing else: only the table can say whose. */
  bare: boolean;
  /** The name itself says that it is a person's: `manager_name`. */
  ofPerson: boolean;
  /** A word of the name for a thing: `store` in `store_phone`. */
  ofThing: string | null;
}
