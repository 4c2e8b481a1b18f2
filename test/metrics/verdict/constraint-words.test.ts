import { expect, test } from 'vitest';
import { conditionWords } from '../../../src/metrics/verdict/constraint-words.js';

test('a condition is read as its author wrote it, not as the server prints it', () => {
  expect(conditionWords("(status = 'CLOSED'::text) = (closed_at IS NOT NULL)")).toBe("(status = 'CLOSED') = (closed_at IS NOT NULL)");
  expect(conditionWords("status = ANY (ARRAY['OPEN'::text, 'it''s, closed'::text])")).toBe("status IN ('OPEN', 'it''s, closed')");
  expect(conditionWords("(status)::text = ANY ((ARRAY['OPEN'::character varying, 'CLOSED'::character varying])::text[])")).toBe("status IN ('OPEN', 'CLOSED')");
  expect(conditionWords("priority <> 'LOW'::app.priority")).toBe("priority <> 'LOW'");
});

test('casts that mean something stay, and so does what only looks like one', () => {
  expect(conditionWords("opened_on >= '2020-01-01'::date")).toBe("opened_on >= '2020-01-01'::date");
  expect(conditionWords("note <> '(x)::text'::text")).toBe("note <> '(x)::text'");
  expect(conditionWords("tags <> '{}'::text[]")).toBe("tags <> '{}'::text[]");
});
