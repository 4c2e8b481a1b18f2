import { expect, test } from 'vitest';
import { parsePreviousReview } from '../../../src/review/previous.js';
import { buildReview } from '../../../src/review/index.js';
import { emptyInput } from '../../review/empty-input.js';

const review = JSON.stringify(buildReview(emptyInput));

test.each([
  ['', 'it holds no review'],
  ['<html></html>', 'it holds no review'],
  ['{}', 'it is no review'],
  [review.slice(0, -20), 'cut off or damaged'],
  [`<script type="application/json" id="tidemark-review">${review.slice(0, 300)}</script>`, 'cut off or damaged'],
  [review.replace('"schemaVersion":1', '"schemaVersion":2'), 'newer tidemark'],
  [review.replace('"total":null', '"total":"x"'), 'not valid at score.total'],
  [review.replace('"findings":[]', '"findings":[1]'), 'not valid at findings'],
])('what is no review is refused: %.40j', (content, message) => {
  expect(() => parsePreviousReview(content)).toThrow(message);
});

test('a review is read', () => {
  expect(parsePreviousReview(`\uFEFF${review}`).score.total).toBeNull();
});
