import type { MaskLevel } from '../flow.js';

/** What a text column may hold, as far as its masking depends on it. */
export type TextKind = 'email' | 'phone' | 'identity_number' | 'account_number' | 'postcode' | 'date' | 'network_address' | 'name' | 'address';

/**
 * Invented values, at least two of each shape (shape: which characters are letters and digits). They differ wherever a function of the
 * value could see a difference, so that equal outputs for one shape mean that nothing but the shape is left.
 */
const SAMPLES: Readonly<Record<TextKind, readonly string[]>> = {
  email: ['maria.keller@rivers.org', 'pedro.santos@valley.net', 'clara@harbour.io', 'bruno@meadows.eu', 'tom.kovacs84@post.orchard.com', 'ann.lindqv37@mail.gardens.biz'],
  phone: ['+49 170 5558213', '+31 682 7449386', '(212) 555-0147', '(646) 381-9925', '03012345678', '07798456123'],
  identity_number: ['536-22-8714', '219-09-9965', '784512396', '356028741'],
  account_number: ['4929 1834 7726 5013', '5317 2946 8815 3672', '4539578763621486', '6011804219375542', 'DE89370400440532013000', 'FR14200410100505000136'],
  postcode: ['80331', '94117', 'SW1A 2AA', 'EC4M 7LS'],
  date: ['1984-03-17', '1971-12-05', '2003-08-29'],
  network_address: ['198.51.100.237', '203.70.113.142', '192.0.2.119', '172.3.8.254'],
  name: ['Maria Keller', 'Pedro Santos', 'Ingrid Ostergaard', 'Bartek Wisniewska'],
  address: ['Lindenstr. 48, Hamburg', 'Kirchgass. 17, Munchen', '221 Baker Street, London', '794 Tower Avenue, Dublin'],
};

/** Words of column names, and what such columns hold. The first that matches counts. */
const KINDS: readonly (readonly [TextKind, RegExp])[] = [
  ['email', /e_?mail|(^|_)mail/],
  ['phone', /phone|(^|_)tel(_|$)|telefon|mobile|(^|_)fax|msisdn|cell/],
  ['network_address', /(^|_)ip(_|$|v4|v6)|ip_?addr|inet|remote_addr|(^|_)host(_|$)/],
  ['identity_number', /ssn|social|national_id|passport|tax_?(id|number)|nino|(^|_)nif|(^|_)cpf|steuer|identity_(number|no)/],
  ['account_number', /card|(^|_)pan(_|$)|iban|account_?(number|no|nr)|(^|_)acct/],
  ['postcode', /zip|post(al)?_?code|(^|_)postal|(^|_)plz/],
  ['date', /birth|(^|_)dob(_|$)|born/],
  ['address', /street|address/],
  ['name', /name|surname/],
];

/** What the name of a column says that it holds; null where it says nothing. */
export function textKindOf(columnName: string | null): TextKind | null {
  return columnName === null ? null : (KINDS.find(([, pattern]) => pattern.test(columnName))?.[0] ?? null);
}

/** Above this share of its letters and digits a value is as good as whole: all but one character of a five-digit post code is a part. */
const WHOLE_SHARE = 0.8;
/** A function that leaves so large a share of all values whole masks nothing. */
const WHOLE_VALUES_SHARE = 1 / 3;

/**
 * What a function of texts leaves, tried out on invented values of one kind: `raw` where it leaves them whole (of an e-mail address: the
 * part before the @), `constant` where it leaves no more than their shape, `partial` otherwise.
 */
export function judgeOnSamples(kind: TextKind, apply: (value: string) => string): MaskLevel {
  const values = SAMPLES[kind];
  const outputs = values.map(apply);
  if (leavesShapeOnly(values, outputs)) return 'constant';
  const whole = values.filter((value, index) => isWhole(kind, value, outputs[index] ?? ''));
  return whole.length / values.length >= WHOLE_VALUES_SHARE ? 'raw' : 'partial';
}

/** Whether any invented value of a kind passes a test. */
export function someSample(kind: TextKind, test: (value: string) => boolean): boolean {
  return SAMPLES[kind].some(test);
}

function leavesShapeOnly(values: readonly string[], outputs: readonly string[]): boolean {
  const byShape = new Map<string, string>();
  return values.every((value, index) => {
    const shape = value.replaceAll(/\p{L}/gu, 'a').replaceAll(/\d/g, '9');
    const known = byShape.get(shape);
    const output = outputs[index] ?? '';
    byShape.set(shape, output);
    return known === undefined || known === output;
  });
}

function isWhole(kind: TextKind, value: string, output: string): boolean {
  const left = lettersAndDigits(output);
  if (kind === 'email') {
    const person = lettersAndDigits(value.slice(0, value.indexOf('@')));
    return longestRun(person, left) / person.length > WHOLE_SHARE;
  }
  const all = lettersAndDigits(value);
  return commonLength(all, left) / all.length > WHOLE_SHARE;
}

function lettersAndDigits(text: string): string {
  return text.toLowerCase().replaceAll(/[^\p{L}\d]/gu, '');
}

/** Length of the longest piece of one text that stands in the other. */
function longestRun(one: string, other: string): number {
  for (let length = one.length; length > 0; length--) {
    for (let start = 0; start + length <= one.length; start++) if (other.includes(one.slice(start, start + length))) return length;
  }
  return 0;
}

/** Length of the longest common subsequence. */
function commonLength(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, () => 0);
  for (const character of one) {
    const next = [0];
    for (let index = 1; index <= other.length; index++) {
      next.push(character === other[index - 1] ? (row[index - 1] ?? 0) + 1 : Math.max(row[index] ?? 0, next[index - 1] ?? 0));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
