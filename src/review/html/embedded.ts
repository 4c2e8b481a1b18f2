import type { Review } from '../../model/review.js';

/** The element that holds the review for the next one to be compared with. */
export const EMBEDDED_ID = 'tidemark-review';

/** No name that anybody gave is that long; what is longer would only make the page too big to be opened. */
const TEXT_LENGTH_MAX = 10_000;

/**
 * The review as JSON for the content of a script element: it holds no character that could end the element, open another or turn the
 * direction of reading, and gives the same value when it is parsed. Texts beyond 10,000 UTF-16 units are cut, shown by `…`.
 */
export function embeddedJson(review: Review): string {
  const cut = (_key: string, value: unknown): unknown =>
    typeof value === 'string' && value.length > TEXT_LENGTH_MAX ? `${value.slice(0, TEXT_LENGTH_MAX).replace(/[\ud800-\udbff]$/, '')}…` : value;
  // A number that is not known is null in JSON.
  return JSON.stringify(review, cut).replace(/[<>&]|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/gu, (character) =>
    character.split('').map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
  );
}
