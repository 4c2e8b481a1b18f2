import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { classifyLiteral, findPersonalData, locatePersonalData, markerHead, type LiteralKind } from '../../src/privacy/literal.js';

/** Invented, or the issuers' own examples. Tokens are put together here so that no scanner takes them for real ones. */
const PERSONAL: [LiteralKind, string[]][] = [
  ['email', [
    'anna.lindqvist@example.org', 'a@b.de', 'o\'brien+cases@mail.example.co.uk', 'ANNA@EXAMPLE.COM', 'x_1-2@sub.domain.museum', '%anna@example.org%',
    'Anna Lindqvist <anna@example.org>', 'mailto:anna@example.org', 'route=/users/anna%40example.org/cases', 'anna@example.org, ben@example.org', 'anna@example.org.',
  ]],
  ['phone', ['+49 30 901820', '+4915112345678', '+1 (415) 555-2671', '+44 20 7946 0958', '+33.1.23.45.67.89', 'call +46 8 123 456 78 today', '%+49 30 901820%']],
  ['iban', ['DE89370400440532013000', 'DE89 3704 0044 0532 0130 00', 'GB82 WEST 1234 5698 7654 32', 'FR1420041010050500013M02606', 'refund to NL91ABNA0417164300 please', 'NO9386011117947']],
  ['payment_card', ['4111111111111111', '4111 1111 1111 1111', '5555-5555-5555-4444', '378282246310005', '6011111111111117', '2223003122003222', 'paid with 4111 1111 1111 1111 today', '4444444444444448']],
  ['national_id', [
    '12345678Z', 'X1234567L', 'RSSMRA85T10A562S', '078-05-1120', '529.982.247-25', '811228-9874', '19811228-9874', '131052-308T', '2 95 10 99 126 111 93',
    '756.9217.0769.85', '85.07.30-033.28', '12.531.909-2', '20-26756539-3', 'BOXW310820HNERXN09', '11010519491231002X', '971013-9019902', '710319/2745',
    'see 529.982.247-25 in the file',
  ]],
  ['ip_address', ['81.2.69.142', '203.0.113.195', '93.184.216.34/32', '2001:db8:85a3::8a2e:370:7334', '2a02:8071:22d4:1f00:0:0:0:1', 'from 81.2.69.142 at night']],
  ['password', [
    'host=db user=app password=tide', "password='spring tide'", 'postgres://app:tide@db/casework', '{"user": "app", "password": "tide"}', 'PWD=Tide;', 'api_key: a1b2c3d4e5',
    `$2b$12$${'a'.repeat(53)}`, '$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2g', `md5${'0123456789abcdef'.repeat(2)}`, `SCRAM-SHA-256$4096:${'c2FsdA=='.repeat(8)}`,
  ]],
  ['api_key', [
    `AKIA${'IOSFODNN7EXAMPLE'}`, `sk_live_${'4eC39HqLyjWDarjtT1zdp7dc'}`, `ghp_${'a1B2'.repeat(9)}`, `xoxb-${'123456789012-abcdefGHIJKL'}`, `AIza${'SyD-9tSrke72PouQMnMX-a7eZSW0jkFMBWY'}`,
    `glpat-${'abcdefghij0123456789'}`, `SG.${'abcdefghijklmnopqrstuv'}.${'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'}`, `npm_${'a1B2c3'.repeat(6)}`, `token ${`ghp_${'a1B2'.repeat(9)}`} expired`,
  ]],
  ['token', [`eyJ${'hbGciOiJIUzI1NiJ9'}.eyJ${'zdWIiOiIxMjM0NTY3ODkwIn0'}.dozjgNryP4J3jVmNHl0w5N`]],
  ['secret', ['-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----', '-----BEGIN RSA PRIVATE KEY-----\nMIIE']],
];

const INNOCENT: [string, string[]][] = [
  ['dates and times', ['2026-03-01', '2026-03-01 12:30:45+02', '20260301', '01.03.2026', '03/01/2026', '12:30:45', '+02:00', '2026-03-01T00:00:00.000Z', '1 day', '-1 month', 'YYYY-MM-DD', '1772323200', '1772323200000', '1772323200000000']],
  ['identifiers', ['550e8400-e29b-41d4-a716-446655440000', '507f1f77bcf86cd799439011', 'd41d8cd98f00b204e9800998ecf8427e', 'da39a3ee5e6b4b0d3255bfef95601890afd80709', '01ARZ3NDEKTSV4RRFFQ69G5FAV']],
  ['statuses and words', ['OPEN', 'IN_REVIEW', 'closed', 'JUDGE\'S DESK', 'n/a', '', ' ', 'true', 'de_DE.UTF-8', 'Europe/Berlin', 'public', 'pending payment']],
  ['numbers of cases and orders', ['C-2026-000123', 'AZ 12 C 345/24', 'XII ZR 123/20', '2026-0001', 'ORD-1234567890', '123456789', '123-45', '12-3456789', 'INV/2026/00042', '4242', '900-12-3456', '000-12-3456', '123-00-4567', '1234567890123', '12.345.678']],
  ['versions and codes', ['1.2.3', '10.2.3.4', '1.2.3.4', '15.0.0.1', '2.1.0.145', 'v2.10.1-rc.1', 'SKU-4711-XL', 'EUR', 'DE', 'ISO-8859-1', 'AB123456', 'B2B', '0x1F', '#ff0000', '9780306406157']],
  ['paths and addresses of machines', ['/srv/exports/2026/03', 'C:\\data\\export.csv', 'https://dash.example.org/d/abc?from=now-6h', 's3://bucket/key', '10.0.0.1', '192.168.1.10', '127.0.0.1', '172.16.0.5', '0.0.0.0', '255.255.255.0', '169.254.1.1', '::1', 'fe80::1', '81.2.69.0/24']],
  ['patterns', ['^[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\\.[A-Za-z]{2,}$', '%@%', '%@example.org', '@', '\\d{3}-\\d{2}-\\d{4}', '+%', 'a+b', '%.png', '[0-9]+']],
  ['what looks like mail and is not', ['logo@2x.png', 'noreply@example.org', 'support@example.org', 'pkg@1.2.3', 'git@github.com:org/repo.git', 'user@localhost', '@channel', 'a@b']],
  ['signs before numbers', ['+1', '+12345678', '-4711', '1e+10', '+1.5', 'UTC+2', 'C++ 11 12 13 14']],
  ['cards and accounts that fail their check', ['4111111111111112', '1234567812345678', '4111-1111-1111', 'DE89370400440532013001', 'DE00 0000', 'XX89370400440532013000', '4444444444444444']],
  ['national numbers that fail their check', ['12345678A', 'RSSMRA85T10A562T', '529.982.247-26', '811228-9875', '131052-308A', '756.9217.0769.86', '85.07.30-033.29', '12.531.909-3', '971013-9019903', '710319/2746', '11010519491231002Y']],
  ['places for secrets', ['password=$1', 'password=${DB_PASSWORD}', 'password=***', 'password = :pw', 'password: the hash of the word', 'password', 'password is required', 'postgres://db/casework', 'postgres://app@db/casework', 'secret=null', 'token', 'sk_live', 'AKIA', 'Bearer']],
];

describe('classifyLiteral', () => {
  for (const [kind, values] of PERSONAL) {
    it.each(values)(`takes %s for ${kind}`, (value) => {
      expect(classifyLiteral(value)?.kind).toBe(kind);
      expect(classifyLiteral(value)?.confidence).toBeGreaterThan(0.7);
    });
  }

  for (const [what, values] of INNOCENT) {
    it.each(values)(`leaves ${what} alone: %s`, (value) => {
      expect(classifyLiteral(value)).toBeNull();
    });
  }

  it('never takes a bare number below thirteen digits, a date or a uuid for anything', () => {
    const value = fc.oneof(
      fc.integer({ min: -999_999_999_999, max: 999_999_999_999 }).map(String),
      fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      fc.uuid(),
    );
    fc.assert(
      fc.property(value, (text) => {
        expect(classifyLiteral(text)).toBeNull();
      }),
    );
  });

  it('knows its own markers', () => {
    for (const [kind] of PERSONAL) {
      expect(classifyLiteral(`${markerHead(kind)}3f0c9a`)?.kind).toBe(kind);
      expect(classifyLiteral(`%${markerHead(kind)}3f0c9a%`)?.kind).toBe(kind);
    }
    expect(classifyLiteral('tm#other#12')).toBeNull();
  });
});

describe('findPersonalData', () => {
  it('gives the parts of a text and nothing else', () => {
    const text = 'asked by anna@example.org (+49 30 901820), account DE89 3704 0044 0532 0130 00; see postgres://app:tide@db/casework.';
    const parts = findPersonalData(text).map(({ kind, start, end }) => [kind, text.slice(start, end)]);
    expect(parts).toEqual([
      ['email', 'anna@example.org'],
      ['phone', '+49 30 901820'],
      ['iban', 'DE89 3704 0044 0532 0130 00'],
      ['password', 'tide'],
    ]);
  });

  it('gives sorted spans within the text, without overlaps', () => {
    const word = fc.constantFrom('anna@example.org', '+49 30 901820', ' ', '@', '+', 'password=', '://a:b@', 'eyJ', '.', 'DE89370400440532013000', '-----BEGIN PRIVATE KEY-----', '4111111111111111', 'x', '"', "'");
    fc.assert(
      fc.property(fc.array(word, { maxLength: 30 }).map((words) => words.join('')), (text) => {
        let last = 0;
        for (const { start, end } of findPersonalData(text)) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(text.length);
      }),
    );
  });

  it('finds each of several that touch', () => {
    for (const between of ["''", ',', '/', '#', '!', ' ', ';', '=']) {
      const text = `anna@example.org${between}ben@example.org`;
      expect(findPersonalData(text).map(({ start, end }) => text.slice(start, end)), between).toEqual(['anna@example.org', 'ben@example.org']);
    }
  });

  it('finds in the whole value what stands there alone, blanks around it or not', () => {
    expect(locatePersonalData('  81.2.69.142 ')).toEqual([{ kind: 'ip_address', confidence: 0.75, start: 2, end: 13 }]);
  });

  it('takes time in proportion to the length, whatever the text', () => {
    // A thousand times the text may cost some thousand times the work; quadratic work would be a million times and never end.
    const seeds = ['@', 'a@', 'a@b.', '+1', '+1 ', 'eyJ', 'eyJa.', 'password=', 'password="', '://a:', '://a:b@', 'DE89 ', '1 ', '4111', 'a.', 'a-', '-----BEGIN PRIVATE KEY-----', '-----END ', '%40', '2001:', '$6$a'];
    for (const seed of seeds) {
      const text = seed.repeat(Math.ceil(1_000_000 / seed.length));
      expect(findPersonalData(text).every(({ start, end }) => start < end)).toBe(true);
      classifyLiteral(text);
    }
  }, 60_000);
});
