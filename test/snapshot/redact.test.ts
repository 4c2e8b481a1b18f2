import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CollectedQuery, QueryVariant, Segment } from '../../src/model/query.js';
import { classifyLiteral } from '../../src/privacy/literal.js';
import { Pseudonyms } from '../../src/snapshot/pseudonym.js';
import { redactQuery } from '../../src/snapshot/redact-query.js';
import { replacementsInSql } from '../../src/snapshot/redact-text.js';
import { redactSnapshot } from '../../src/snapshot/redact.js';
import { collectedQuery, plainVariant, snapshotOf, storeSnapshot } from '../support/snapshot.js';

const redacted = (sql: string): string => redactQuery(collectedQuery({ raw: sql }), new Pseudonyms()).raw;

describe('redactQuery', () => {
  it.each([
    ["select case_id from app.case_file where email = 'anna@example.org' and status = 'OPEN' limit 10", /where email = 'tm#email#[0-9a-f]{7}' and status = 'OPEN' limit 10$/],
    ["select 1 -- ask anna@example.org\nfrom app.case_file", /^select 1 -- ask tm#email#[0-9a-f]{7}\nfrom app\.case_file$/],
    ["select 1 where phone like '%+49 30 901820%'", /^select 1 where phone like '%tm#phone#[0-9a-f]{4}%'$/],
    ["select 1 where iban = E'DE89370400440532013000'", /= E'tm#iban#[0-9a-f]{14}'$/],
    ['select 1 where card = 4111111111111111 and fee > 100', /^select 1 where card = 9\d{15} and fee > 100$/],
    ["select dblink('host=db password=tide', $$select 'ben@example.org'$$)", /^select dblink\('host=db password=tm#p', \$\$select 'tm#email#[0-9a-f]{6}'\$\$\)$/],
    ['select 1 from t where mail = "anna@example.org"', /mail = "tm#email#[0-9a-f]{7}"$/],
  ])('replaces personal data in %s', (sql, form) => {
    const result = redacted(sql);
    expect(result).toMatch(form);
    expect(result).toHaveLength(sql.length);
  });

  it('leaves every other literal as it is', () => {
    const sql = "select 'C-2026-000123', date '2026-03-01', 4711, '10.2.3.4', '/srv/x', $tag$ body $tag$ /* Metabase:: userID: 7 */ from app.case_file where status in ('OPEN', 'CLOSED')";
    expect(redacted(sql)).toBe(sql);
  });

  it('gives equal values equal stand-ins within one collection, and others in the next', () => {
    const sql = "select 'anna@example.org', 'ben@example.org', 'anna@example.org'";
    const pseudonyms = new Pseudonyms();
    const first = redactQuery(collectedQuery({ raw: sql }), pseudonyms).raw.match(/tm#email#\w+/g);
    const second = redactQuery(collectedQuery({ raw: sql }), pseudonyms).raw.match(/tm#email#\w+/g);
    expect(first).toEqual(second);
    expect(first?.[0]).toBe(first?.[2]);
    expect(first?.[0]).not.toBe(first?.[1]);
    expect(redacted(sql)).not.toContain(first?.[0]);
  });

  it('keeps stand-ins of many values of one length apart', () => {
    const pseudonyms = new Pseudonyms();
    const values = Array.from({ length: 1_000 }, (_, at) => `user${String(at).padStart(4, '0')}@example.org`);
    expect(new Set(values.map((value) => pseudonyms.marker('email', value))).size).toBe(1_000);
    const cards = Array.from({ length: 1_000 }, (_, at) => `411111111111${String(at).padStart(4, '0')}`);
    expect(new Set(cards.map((value) => pseudonyms.number('payment_card', value))).size).toBe(1_000);
  });

  it('changes what a template copied in the template too, and the other way round', () => {
    const raw = "select 1 from t where email = 'anna@example.org' [[and at > {{from}}]]";
    const sql = "select 1 from t where email = 'anna@example.org' and at > '2026-03-01'";
    const copied = raw.indexOf('[[');
    const map: Segment[] = [
      { out: 0, src: 0, length: copied, srcEnd: copied, copy: true },
      { out: copied, src: copied + 2, length: 9, srcEnd: copied + 11, copy: true },
      { out: copied + 9, src: copied + 11, length: 12, srcEnd: copied + 19, copy: false },
    ];
    const query = redactQuery(collectedQuery({ raw, variants: [{ label: 'with from', sql, map, assumptions: ['from is 2026-03-01, email of anna@example.org'] }] }), new Pseudonyms());
    expect(query.raw).toMatch(/email = 'tm#email#[0-9a-f]{7}' \[\[and at > \{\{from\}\}\]\]$/);
    expect(query.variants[0]?.sql.slice(0, copied)).toBe(query.raw.slice(0, copied));
    expect(query.variants[0]?.assumptions[0]).toMatch(/^from is 2026-03-01, email of tm#email#/);
    expect(copiesAgree(query)).toBe(true);
  });

  it('keeps the texts of a template and its variants equal where they were copied, and free of what was personal', () => {
    const piece = fc.constantFrom("'anna@example.org'", "'ben@example.org'", 'anna@', 'example.org', "'", ' ', '-- ', '\n', '+49 30 901820', '"', 'status', "'OPEN'", '$$', '{{x}}');
    const construct = fc.record({ source: fc.constantFrom('{{x}}', '${y}', '[[', ''), out: fc.constantFrom('', "'anna@example.org'", 'anna@example.org', '1', "'x'") });
    const template = fc.array(fc.oneof(piece.map((text) => ({ text })), construct), { minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(template, template, (first, second) => {
        const query = build(first, second);
        const after = redactQuery(query, new Pseudonyms());
        expect(copiesAgree(query)).toBe(true);
        expect(copiesAgree(after)).toBe(true);
        expect(after.raw).toHaveLength(query.raw.length);
        after.variants.forEach((variant, at) => expect(variant.sql).toHaveLength(query.variants[at]?.sql.length ?? -1));
        const alone = redactQuery({ ...query, variants: query.variants.slice(0, 1) }, new Pseudonyms());
        expect(replacementsInSql(alone.variants[0]?.sql ?? '', new Pseudonyms())).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it('touches no title, owner or connection, and no text where nothing is personal', () => {
    const query = collectedQuery({ title: 'Cases of anna@example.org' });
    expect(redactQuery(query, new Pseudonyms())).toEqual(query);
  });

  it('masks prose: description and problems', () => {
    const query = redactQuery(
      collectedQuery({ description: 'ask anna@example.org', problems: [{ code: 'unsupported', message: "default 'anna@example.org'" }] }),
      new Pseudonyms(),
    );
    expect(query.description).toMatch(/^ask tm#email#/);
    expect(query.problems[0]?.message).not.toContain('anna');
  });
});

type Part = { text: string } | { source: string; out: string };

/** Two variants of one template; the second one is another template with the same copied text at its beginning. */
function build(parts: Part[], others: Part[]): CollectedQuery {
  const raw = parts.map((part) => ('text' in part ? part.text : part.source)).join('');
  const variant = (choose: (part: { source: string; out: string }, at: number) => string): QueryVariant => {
    let sql = '';
    let src = 0;
    const map: Segment[] = [];
    parts.forEach((part, at) => {
      const source = 'text' in part ? part.text : part.source;
      const out = 'text' in part ? part.text : choose(part, at);
      map.push({ out: sql.length, src, length: out.length, srcEnd: src + source.length, copy: 'text' in part });
      sql += out;
      src += source.length;
    });
    return { label: 'x', sql, map, assumptions: [] };
  };
  const other = (at: number): string => {
    const part = others[at % others.length];
    return part === undefined || 'text' in part ? '' : part.out;
  };
  return collectedQuery({ raw, variants: [variant((part) => part.out), variant((_, at) => other(at))] });
}

function copiesAgree(query: CollectedQuery): boolean {
  return query.variants.every((variant) =>
    variant.map
      .filter((segment) => segment.copy)
      .every(({ out, src, length }) => variant.sql.slice(out, out + length) === query.raw.slice(src, src + length)),
  );
}

describe('redactSnapshot', () => {
  const secrets = /anna|ben@|'Anna'|not for others|spring tide|4711'/;

  it('leaves no literal of a production statement and no personal data anywhere but in names and titles', () => {
    const view = "SELECT email FROM app.officer WHERE email = 'ben@example.org'";
    const store = storeSnapshot();
    const relation = store.catalog.relations[0];
    if (!relation) throw new Error('no relation');
    store.catalog.relations.push({ ...relation, name: 'ben', kind: 'view', definition: view });
    store.catalog.roles.push({
      name: 'metabase', superuser: false, canLogin: true, inherits: true, replication: false, bypassesRowSecurity: false, connectionLimit: null,
      settings: { statement_timeout: '30s', 'app.secret': 'spring tide', 'pg_stat_statements.track': 'all' }, memberOf: [],
    });
    store.catalog.functions.push({
      schema: 'app', name: 'is_deputy', kind: 'function', language: 'sql', arguments: [{ name: 'email', type: 'text', mode: 'in' }], defaults: 0, columns: null,
      returns: 'boolean', returnsSet: false, body: "select email in ('ben@example.org', 'DEPUTY') -- anna@example.org", dynamic: false,
    });
    const query = collectedQuery({ owners: [], raw: "select 'anna@example.org'" });
    const after = redactSnapshot(snapshotOf({ stores: [store], queries: [query] }));
    expect(JSON.stringify(after)).not.toMatch(secrets);
    const catalog = after.stores[0]?.catalog;
    expect(catalog?.relations[1]?.definition).toMatch(/WHERE email = 'tm#email#[0-9a-f]{6}'$/);
    expect(catalog?.functions[0]?.body).toMatch(/^select email in \('tm#email#[0-9a-f]{6}', 'DEPUTY'\) -- tm#email#[0-9a-f]{7}$/);
    expect(catalog?.constraints[0]?.expression).toMatch(/^email <> 'tm#email#[0-9a-f]{7}'::text$/);
    expect(catalog?.settings).toEqual({ statement_timeout: '0', 'casework.api_key': '?' });
    expect(catalog?.roles[0]?.settings).toEqual({ statement_timeout: '30s', 'app.secret': '?', 'pg_stat_statements.track': 'all' });
    expect(after.stores[0]?.statements[0]?.text).toBe("copy (select email from app.officer where display_name = '?') to stdout");
  });

  it('keeps who was seen, and hides what a client or a transaction calls itself where that is personal', () => {
    const seen = { role: 'reporting', application: 'psql anna@example.org', state: 'active' as const, queryId: '42', looks: 2 };
    const store = storeSnapshot({
      starts: [{ queryId: '42', role: 'reporting', application: 'psql anna@example.org', startedAt_ms: [1_772_000_000_000] }],
      sessionLooks: {
        looks: 2,
        seconds: 2,
        sessions: [{ ...seen, transaction_seconds: 4, statement_seconds: 4, horizon_transactions: 9, lockWaits: 1, lockWait_seconds: 1, blockedBy: [{ ...seen, application: 'Metabase' }] }],
        holders: [{ kind: 'prepared transaction', name: 'import of anna@example.org', transactions: 9, age_seconds: 60 }],
      },
    });
    const [redacted] = redactSnapshot(snapshotOf({ stores: [store] })).stores;
    expect(JSON.stringify([redacted?.starts, redacted?.sessionLooks])).not.toContain('anna');
    const [session] = redacted?.sessionLooks?.sessions ?? [];
    expect(session).toMatchObject({ role: 'reporting', state: 'active', queryId: '42', lockWaits: 1, blockedBy: [{ application: 'Metabase', looks: 2 }] });
    // Equal names stay equal, so that starts and sessions still meet.
    expect(redacted?.starts?.[0]?.application).toBe(session?.application);
    expect(redacted?.starts?.[0]?.startedAt_ms).toEqual([1_772_000_000_000]);
    expect(redacted?.sessionLooks?.holders[0]?.name).toMatch(/^import of tm#email#/);
  });

  it('is the same when it is done twice: a bundle may be redacted again', () => {
    const once = redactSnapshot(snapshotOf());
    expect(redactSnapshot(once)).toEqual(once);
  });

  it('lets judgement still see what kind of data stood there', () => {
    const after = redactSnapshot(snapshotOf({ queries: [collectedQuery({ raw: "select 'anna@example.org'" })] }));
    expect(classifyLiteral(after.queries[0]?.raw ?? '')?.kind).toBe('email');
  });

  it('survives texts without variants and with an empty map', () => {
    const rebuilt = collectedQuery({ raw: '', reconstructed: true, variants: [plainVariant("select 'anna@example.org'")] });
    const after = redactQuery(rebuilt, new Pseudonyms());
    expect(after.raw).toBe('');
    expect(after.variants[0]?.sql).toMatch(/^select 'tm#email#/);
    expect(redactQuery(collectedQuery({ raw: '', variants: [] }), new Pseudonyms()).variants).toEqual([]);
  });
});
