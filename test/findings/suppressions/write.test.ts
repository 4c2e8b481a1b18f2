import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applySuppressions } from '../../../src/findings/suppressions/apply.js';
import { renewedEntries } from '../../../src/findings/suppressions/entries-of.js';
import { compareEntries } from '../../../src/findings/suppressions/entry-key.js';
import { parseSuppressions } from '../../../src/findings/suppressions/parse.js';
import { prunedEntries } from '../../../src/findings/suppressions/pruned.js';
import { writeBaseline } from '../../../src/findings/suppressions/write.js';
import type { Occurrence } from '../../../src/findings/occurrences.js';
import type { SuppressionEntry } from '../../../src/model/suppression.js';
import { digest, entry, occurrence } from './support.js';

const FILE = '.tidemark/baseline.yaml';
const TODAY = '2026-11-22';
const [A, B, C] = ['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc'];

function read(text: string) {
  return parseSuppressions(text, FILE, 'baseline');
}

/** The file after another look, as `baseline write` leaves it. */
function again(text: string, occurrences: readonly Occurrence[], reason = 'new') {
  const before = { text, read: read(text) };
  const renewed = renewedEntries({ occurrences, gaps: [], known: before.read.entries, said: { reason, owner: null, until: null }, file: FILE, heirs: new Map() });
  return { text: writeBaseline(renewed.entries, before, TODAY), renewed };
}

function withoutPlace(entries: readonly SuppressionEntry[]): SuppressionEntry[] {
  return entries.toSorted(compareEntries).map((one) => ({ ...one, place: { file: '', line: 0 } }));
}

test('a new file is a block for each entry, sorted, with an empty line between them', () => {
  const entries = [
    entry({ rule: 'unused-card', consumer: 'metabase card 118 Open cases', relation: null, store: null, place: { file: FILE, line: 0 } }),
    entry({ owner: 'Operations Analytics', until: '2027-01-31', statements: [A, '123456789012'], reason: 'OPS-231: moves', place: { file: FILE, line: 0 } }),
    entry({ rule: 'could-not-look', consumer: 'grafana panel Shop live / \u001b[31mOrders\u202e', relation: 'everything it reads', store: null, place: { file: FILE, line: 0 } }),
    entry({ consumer: 'reports/a.sql', statements: [1, 2, 3, 4, 5, 6, 7].map(digest), place: { file: FILE, line: 0 } }),
  ];
  expect(writeBaseline(entries, null, TODAY)).toMatchInlineSnapshot(`
    "# tidemark baseline: what stood on 2026-11-22. Written by tidemark baseline write; edit reason, owner and until by hand.
    version: 1
    entries:
      - rule: could-not-look
        consumer: "grafana panel Shop live / \\u001b[31mOrders\\u202e"
        relation: everything it reads
        reason: OPS-231

      - rule: dashboard-reads-internal
        consumer: reports/a.sql
        relation: app.case_file
        store: production
        reason: OPS-231
        statements:
          - "000000000001"
          - "000000000002"
          - "000000000003"
          - "000000000004"
          - "000000000005"
          - "000000000006"
          - "000000000007"

      - rule: dashboard-reads-internal
        consumer: reports/monthly.sql
        relation: app.case_file
        store: production
        reason: "OPS-231: moves"
        owner: Operations Analytics
        until: 2027-01-31
        statements: [aaaaaaaaaaaa, "123456789012"]

      - rule: unused-card
        consumer: metabase card 118 Open cases
        reason: OPS-231
    "
  `);
  expect(writeBaseline([], null, TODAY)).toMatchInlineSnapshot(`
    "# tidemark baseline: what stood on 2026-11-22. Written by tidemark baseline write; edit reason, owner and until by hand.
    version: 1
    entries: []
    "
  `);
});

const EDITED = `# ours: ask Ines before you touch it
version: 1
entries:
- rule: dashboard-reads-internal   # the worst of them
  consumer: reports/monthly.sql
  relation: app.case_file
  store: production
  reason: >-
    OPS-231, moves with
    the casework contract
  statements: [${A}, ${B}]   # both of the board
  owner: 'Operations Analytics'

# Finance wants to keep this one
- {rule: dashboard-reads-internal, consumer: reports/yearly.sql, relation: app.case_file, store: production, reason: "kept", statements: [${C}]}
- rule: unused-card
  reason: [broken
`;

const monthly = [occurrence({ digest: A }), occurrence({ digest: B })];
const yearly = occurrence({ consumer: 'reports/yearly.sql', digest: C });

describe('a file that people wrote in', () => {
  test('stays as it is where nothing changed, but for empty lines between entries', () => {
    const { text, renewed } = again(EDITED, [...monthly, yearly]);
    expect(text).toBe(EDITED.replace('- rule: unused-card', '\n- rule: unused-card'));
    expect([renewed.added, renewed.gone, renewed.changed]).toEqual([[], [], []]);
    expect(again(text, [...monthly, yearly]).text).toBe(text);
  });

  test('gets new entries in their place, in the form of the others', () => {
    const { text, renewed } = again(EDITED, [...monthly, yearly, occurrence({ consumer: 'reports/quarterly.sql', digest: A })], 'OPS-300');
    expect(text.split('\n\n')[1]).toBe(`- rule: dashboard-reads-internal\n  consumer: reports/quarterly.sql\n  relation: app.case_file\n  store: production\n  reason: OPS-300\n  owner: Operations Analytics\n  statements: [${A}]`);
    expect(renewed.added.map(({ consumer }) => consumer)).toEqual(['reports/quarterly.sql']);
    expect(read(text).entries).toHaveLength(3);
  });

  test('loses entries of what is gone, with the remarks above them', () => {
    const { text, renewed } = again(EDITED, monthly);
    expect(text).not.toMatch(/yearly|Finance/);
    expect(text).toContain('# both of the board');
    expect(renewed.gone.map(({ consumer }) => consumer)).toEqual(['reports/yearly.sql']);
  });

  test('changes statements only where statements changed', () => {
    const { text } = again(EDITED, [occurrence({ digest: A }), occurrence({ digest: C }), yearly]);
    expect(text).toBe(EDITED.replace(`[${A}, ${B}]`, `[${A}, ${C}]`).replace('- rule: unused-card', '\n- rule: unused-card'));
    const many = Array.from({ length: 8 }, (_, number) => digest(number));
    const longer = again(EDITED, [...many.map((one) => occurrence({ digest: one })), yearly]).text;
    expect(read(longer).entries[0]?.statements).toEqual(many);
    expect(longer).toContain("  owner: 'Operations Analytics'");
    expect(again(longer, [...monthly, yearly]).text).toBe(again(EDITED, [...monthly, yearly]).text);
  });

  test('keeps line ends of Windows', () => {
    const { text } = again(EDITED.replaceAll('\n', '\r\n'), [...monthly, yearly]);
    expect(text).toBe(EDITED.replace('- rule: unused-card', '\n- rule: unused-card').replaceAll('\n', '\r\n'));
  });
});

test('what was moved takes reason, owner and end along, and is not new', () => {
  const known = entry({ statements: [A], reason: 'OPS-7', owner: 'Finance', until: '2027-01-31' });
  const moved = occurrence({ consumer: 'finance/monthly.sql', digest: A });
  const renewed = renewedEntries({ occurrences: [moved], gaps: [], known: [known], said: { reason: '', owner: null, until: null }, file: FILE, heirs: new Map([[moved, known]]) });
  expect(renewed).toMatchObject({ added: [], gone: [], entries: [{ consumer: 'finance/monthly.sql', reason: 'OPS-7', owner: 'Finance', until: '2027-01-31', statements: [A] }] });
});

test('a statement in addition joins the entry of its consumer; one entry for all of a consumer stays so', () => {
  const renew = (statements: string[] | null) => renewedEntries({ occurrences: monthly, gaps: [], known: [entry({ statements })], said: { reason: 'new', owner: null, until: null }, file: FILE, heirs: new Map() });
  expect(renew([A])).toMatchObject({ added: [], entries: [{ statements: [A, B], reason: 'OPS-231' }], changed: [{}] });
  expect(renew(null)).toMatchObject({ added: [], entries: [{ statements: null }], changed: [] });
});

test('pruning takes out what hides nothing, and of statements those that are gone', () => {
  const places = [1, 2, 3, 4].map((line) => ({ file: FILE, line }));
  const known = [
    entry({ statements: [A, B], ...place(places[0]) }),
    entry({ consumer: 'reports/yearly.sql', statements: [C], ...place(places[1]) }),
    entry({ consumer: 'reports/past.sql', statements: [C], until: '2026-06-30', ...place(places[2]) }),
    entry({ rule: 'could-not-look', consumer: 'production', relation: 'row policies', ...place(places[3]) }),
  ];
  const occurrences = [occurrence({ digest: B })];
  const suppressed = applySuppressions({ occurrences, gaps: [], entries: known, today: TODAY, consumers: new Set(['reports/monthly.sql']), judged: () => true, renames: new Map() });
  const pruned = prunedEntries(known, suppressed, { today: TODAY, expired: false });
  expect(pruned.entries.map(({ consumer, statements }) => [consumer, statements])).toEqual([['reports/monthly.sql', [B]], ['reports/past.sql', [C]]]);
  expect(pruned.gone.map(({ entry: one, why }) => `${one.consumer} ${why}`)).toEqual(['reports/yearly.sql unused', 'production unused']);
  expect(prunedEntries(known, suppressed, { today: TODAY, expired: true }).gone.map(({ why }) => why)).toEqual(['unused', 'expired', 'unused']);
});

function place(given: SuppressionEntry['place'] | undefined): { place: SuppressionEntry['place'] } {
  return { place: given ?? { file: FILE, line: 0 } };
}

describe('whatever the names are', () => {
  const name = fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 30 }), fc.constantFrom('- a', '# b', 'null', '~', '1e3', '2027-01-31', 'a: b', '*', '&x', '!t', '"', "'", '|', '>', '{', '[', ' a', 'a ', 'a\nb', '%', '@', '`', '<<<<<<< x', 'grafana panel A / B'));
  const generated = fc.uniqueArray(
    fc.record({
      rule: name, consumer: fc.option(name), store: fc.option(name), relation: fc.option(name), reason: name, owner: fc.option(name),
      until: fc.option(fc.constantFrom('2027-01-31', '2030-12-31')), statements: fc.option(fc.array(fc.nat(9).map(digest), { maxLength: 9 }).map((list) => list.sort())),
    }),
    { selector: (one) => JSON.stringify([one.rule, one.consumer, one.store, one.relation]), maxLength: 5 },
  ).map((list) => list.map((one) => entry({ ...one, place: { file: FILE, line: 0 } })));

  test('what was written is read as it was', () => {
    fc.assert(fc.property(generated, (entries) => {
      const text = writeBaseline(entries, null, TODAY);
      const { entries: found, problems } = read(text);
      expect(problems).toEqual([]);
      expect(withoutPlace(found)).toEqual(withoutPlace(entries));
      // And stays letter by letter.
      expect(writeBaseline(found, { text, read: read(text) }, '2030-01-01')).toBe(text);
      expect(writeBaseline([...entries].reverse(), null, TODAY)).toBe(text);
    }), { numRuns: 300 });
  });

  test('a text of any kind is read or refused by name', () => {
    const line = fc.oneof(fc.constantFrom('entries:', 'version: 1', '- rule: a', '  - rule: b', '    reason: c', '  consumer: *x', '# d', '', '---', '...', '  statements: [', '    - ', '<<<<<<<'), fc.string({ maxLength: 12 }));
    fc.assert(fc.property(fc.array(line, { maxLength: 12 }), (lines) => {
      try {
        read(lines.join('\n'));
      } catch (error) {
        expect(error).toMatchObject({ name: 'SuppressionFileError' });
      }
    }), { numRuns: 500 });
  });
});
