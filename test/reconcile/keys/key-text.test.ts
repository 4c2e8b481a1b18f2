import { expect, test } from 'vitest';
import { readableKey } from '../../../src/reconcile/keys/key-text.js';
import type { CommonForm } from '../../../src/stores/expressions/expression.js';

const read = (form: CommonForm, text: string): string[] => readableKey({ key: [{ source: 'k', target: 'k', decimals: null, sourceForm: { kind: 'integer' }, targetForm: { kind: 'integer' }, form, text: '' }] }, [text]);

test.each<[CommonForm, string, string]>([
  [{ kind: 'integer' }, '-17', '-17'],
  [{ kind: 'date' }, '20474', '2026-01-21'],
  [{ kind: 'date' }, '-1', '1969-12-31'],
  [{ kind: 'date' }, 'infinity', 'infinity'],
  [{ kind: 'date' }, '9999999', '9999999'],
  [{ kind: 'timestamp', digits: 6 }, '1767225600000001', '2026-01-01 00:00:00.000001'],
  [{ kind: 'timestamp', digits: 3 }, '-1', '1969-12-31 23:59:59.999'],
  [{ kind: 'time', digits: 0 }, '3661', '01:01:01'],
  [{ kind: 'text', padded: false }, 'a\u001f\u001fb', 'a\u001fb'],
  [{ kind: 'integer' }, '\u001f0', 'NULL'],
])('%o: %s is shown as %s', (form, text, shown) => {
  expect(read(form, text)).toEqual([shown]);
});
