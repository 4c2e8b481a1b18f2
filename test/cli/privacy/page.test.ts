import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { PrivacyAnswer } from '../../../src/cli/privacy/answer.js';
import { recordsOf } from '../../../src/cli/privacy/answer.js';
import { nothingMatches, viewOf } from '../../../src/cli/privacy/filter.js';
import { privacyPage, type PageOptions } from '../../../src/cli/privacy/page.js';
import { reachOf } from '../../../src/cli/privacy/reach.js';
import { privacyShowPage } from '../../../src/cli/privacy/show-page.js';
import type { PersonalColumn } from '../../../src/model/personal-column.js';
import { createPage } from '../../../src/report/layout/page.js';
import { hostileText } from '../../report/hostile-report.js';
import { column, copy, place, shopPrivacy, use } from './support/shop-privacy.js';

function list(width: number, options: Partial<PageOptions> = {}, answer: PrivacyAnswer = shopPrivacy, color = false): string[] {
  return privacyPage(createPage(width, color), answer, { filters: {}, limit: 20, quiet: false, ...options });
}

function named(name: string): PersonalColumn {
  const found = shopPrivacy.columns.find(({ place: { relation, column: own } }) => `${relation}.${own}` === name);
  if (found === undefined) throw new Error(`no column ${name}`);
  return found;
}

function shown(width: number, name: string, color = false): string[] {
  return privacyShowPage(createPage(width, color), shopPrivacy, named(name), false);
}

const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

describe('the pages', () => {
  test.each([120, 80])('of all columns at %i columns', async (width) => {
    await expect(text(list(width))).toMatchFileSnapshot(`golden/list-${width}.txt`);
  });

  test.each([120, 80])('of one column at %i columns', async (width) => {
    await expect(text(shown(width, 'shop.customer.email'))).toMatchFileSnapshot(`golden/show-${width}.txt`);
  });

  test('of a column that nobody reads', () => {
    expect(text(shown(80, 'shop.address.street'))).toContain('nobody reads it, as far as was looked, and no copy of it is known');
  });

  test('say the same without colours', () => {
    // oxlint-disable-next-line no-control-regex
    const plain = (line: string): string => line.replace(/\u001B\[\d+m/g, '');
    expect(list(80, {}, shopPrivacy, true).map(plain)).toEqual(list(80));
    expect(shown(80, 'shop.customer.email', true).map(plain)).toEqual(shown(80, 'shop.customer.email'));
    expect(list(80, {}, shopPrivacy, true).join('')).toContain('\u001B[31m✖ public\u001B[39m');
  });

  test('a way that leads in a circle is drawn once and ends', () => {
    const [a, b, c] = [place('w', 'raw.person.mail'), place('w', 'mart.person.mail'), place('w', 'back.person.mail')];
    const circling = column(a, { copies: [copy(a, b), copy(b, c), copy(c, b), copy(c, a)] });
    const lines = privacyShowPage(createPage(80, false), { ...shopPrivacy, gaps: [] }, circling, true);
    expect(lines.filter((line) => line.includes('→ mart.person.mail'))).toHaveLength(1);
    expect(lines.filter((line) => line.includes('→ back.person.mail'))).toHaveLength(1);
  });

  test('no control sequence of a name reaches the page, and no line is wider than it', () => {
    fc.assert(
      fc.property(hostileText, fc.integer({ min: 48, max: 120 }), (name, width) => {
        const at = place('w', `app.person.${name}`);
        const hostile = column(at, { kind: name, reasons: [name], uses: [use({ consumer: name, place: at, owner: name, dashboard: name, output: name })], copies: [copy(at, place(name, `mart.${name}.x`), { by: name })] });
        const answer = { ...shopPrivacy, columns: [hostile] };
        const lines = [...list(width, {}, answer), ...privacyShowPage(createPage(width, false), answer, hostile, false)];
        // oxlint-disable-next-line no-control-regex
        expect(lines.join('')).not.toMatch(/[\u0000-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069]/);
        expect(lines.filter((line) => stringWidth(line) > width)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});

describe('how far a column gets', () => {
  const at = place('production', 'app.person.email');
  const reach = (given: Partial<PersonalColumn>): string => reachOf(column(at, given));

  test.each([
    ['public', { uses: [use({ consumer: 'card', place: at, audience: 'public' })] }],
    ['public', { uses: [use({ consumer: 'card', place: at, audience: 'embedded', mask: 'pseudonymous-weak' })] }],
    ['exported', { uses: [use({ consumer: 'role export', kind: 'role', place: at, exported: 'COPY … TO' }), use({ consumer: 'card', place: at })] }],
    ['shown', { uses: [use({ consumer: 'card', place: at, mask: 'reversible' })] }],
    ['pseudonym', { uses: [use({ consumer: 'card', place: at, mask: 'pseudonymous-weak' })] }],
    ['used', { uses: [use({ consumer: 'card', place: at, mask: 'pseudonymous-keyed' })] }],
    ['used', { uses: [use({ consumer: 'card', place: at, use: 'condition', audience: 'public' })] }],
    ['used', { uses: [use({ consumer: 'app', kind: 'code', place: at, audience: 'public' })] }],
    ['used', { class: 'quasi', uses: [use({ consumer: 'card', place: at, audience: 'public' })] }],
    ['secret-read', { class: 'secret', uses: [use({ consumer: 'card', place: at, use: 'condition' })] }],
    ['used', { uses: [use({ consumer: 'role backup', kind: 'role', place: at, exported: 'COPY … TO', purpose: 'administration' })] }],
    ['used', { kind: 'date_of_birth', uses: [use({ consumer: 'card', place: at, labelsGroups: true })] }],
    ['shown', { uses: [use({ consumer: 'card', place: at, labelsGroups: true })] }],
    ['copied', { copies: [copy(at, place('w', 'mart.person.email'), { zone: 'mart' })] }],
    ['kept', { copies: [copy(at, place('w', 'mart.person.email'), { zone: 'mart', mask: 'pseudonymous-keyed' }), copy(at, place('w', 'secure.person.email'), { zone: 'secure', readers: 1 })] }],
    ['copied', { copies: [copy(at, place('w', 'secure.person.email'), { zone: 'secure' })] }],
    ['secret-read', { class: 'secret', copies: [copy(at, place('w', 'raw.person.email'))] }],
    ['kept', {}],
  ] as const)('%s', (expected, given) => {
    expect(reach({ ...given, uses: 'uses' in given ? [...given.uses] : [], copies: 'copies' in given ? [...given.copies] : [] })).toBe(expected);
  });
});

describe('choosing', () => {
  test('puts what gets furthest first', () => {
    expect(viewOf(shopPrivacy.columns, {}).map(({ place: own }) => own.column)).toEqual(['email', 'phone', 'password_hash', 'postal_code', 'street']);
    expect(viewOf(shopPrivacy.columns, { relation: 'analytics.*' }).map(({ place: own }) => own.column)).toEqual(['email']);
    expect(viewOf(shopPrivacy.columns, { consumer: '*CALL BACK*' }).map(({ place: own }) => own.column)).toEqual(['phone']);
  });

  test('says what there is where nothing fits', () => {
    expect(nothingMatches(shopPrivacy.columns, { kind: 'emial' })).toBe("No kind matches 'emial'; did you mean 'email'? There are: email, password, phone, postal_code, street_address.");
    expect(nothingMatches(shopPrivacy.columns, { reach: 'exported' })).toBe('No column is exported. There are: 1 public, 1 shown, 1 secret-read, 1 used, 1 kept.');
    expect(nothingMatches(shopPrivacy.columns, { kind: 'email', class: 'secret' })).toBe('No column fits all filters at once, though each of them alone fits some.');
  });

  test('gives machines one object a line', () => {
    expect(recordsOf(shopPrivacy).map((record) => ('type' in record ? record.type : null))).toEqual(['privacy', 'column', 'column', 'column', 'column', 'column', 'disagreement', 'gap', 'assumption']);
  });
});
