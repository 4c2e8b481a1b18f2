import fc from 'fast-check';
import type { Report } from '../../src/model/report.js';
import { caseworkReport } from './casework-report.js';

const ESCAPES = ['\u001B[31m', '\u001B]0;title\u0007', '\u009B2J', '\u001B', '\u0000', '\r', '\n', '\t', '\u0085', '\u2028', '\u202E', '\u2066', '\u200B', '\u200D', '\uFEFF', '\u00AD', '\u{E0041}', '\uD800', '\uDC00', '\u007F'];

/** Text as a hostile dashboard or database would send it. */
export const hostileText = fc
  .array(fc.oneof(fc.constantFrom(...ESCAPES), fc.string({ unit: 'binary', maxLength: 20 }), fc.constantFrom('open cases', '事務所', '👩‍⚖️', 'x'.repeat(300))), { maxLength: 8 })
  .map((parts) => parts.join(''));

/** What the types fix; every other text of a report comes from outside, or could. */
const FIXED = new Set(['level', 'area', 'outcome', 'severity', 'takenAt', 'schemaVersion', 'class', 'since', 'until']);

/** The report of the case work with every text in it replaced by a hostile one. */
export const hostileReport: fc.Arbitrary<Report> = fc.array(hostileText, { minLength: 8, maxLength: 8 }).map((texts) => {
  let next = 0;
  const report = structuredClone(caseworkReport);
  replaceTexts(report, () => texts[next++ % texts.length] ?? '');
  return report;
});

function replaceTexts(value: object, replacement: () => string): void {
  for (const [key, inner] of Object.entries(value)) {
    if (FIXED.has(key)) continue;
    if (typeof inner === 'string') Reflect.set(value, key, replacement());
    else if (typeof inner === 'object' && inner !== null) replaceTexts(inner, replacement);
  }
}
