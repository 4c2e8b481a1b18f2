import { guarded, ibanRest, luhn, type Words } from './checks.js';
import { brazil, france, germany, indonesia, italy, netherlands, poland, spain, sweden, turkiye, unitedKingdom, unitedStates, vehicle } from './national-ids.js';

/** What of a value a validator looks at: as it is written, or in capital letters without blanks, points, hyphens and slashes. */
export type Form = 'written' | 'compact';

/** One check that is computed in the database; only how many values pass comes back. */
export interface Validator {
  /** Of the dictionary of personal data. */
  kind: string;
  form: Form;
  /** Numbers are looked at too, as text: only checks of digits alone mean something there. */
  numbers: boolean;
  test(words: Words, v: string): string;
}

/** ISO/IEC 7812: prefixes and lengths of the large networks. */
const CARD = '^(4[0-9]{15}|5[1-5][0-9]{14}|2(2[2-9]|[3-6][0-9]|7[01])[0-9]{13}|3[47][0-9]{13}|6(011|5[0-9]{2}|4[4-9][0-9])[0-9]{12}|3(0[0-5]|[68][0-9])[0-9]{11}|35(2[89]|[3-8][0-9])[0-9]{12}|62[0-9]{14})$';
const DATE = '^[0-9]{1,2}[./-][0-9]{1,2}[./-][0-9]{2,4}';
const OCTET = '(25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})';

const nationalId = (form: Form, numbers: boolean, test: Validator['test'], kind = 'national_id'): Validator => ({ kind, form, numbers, test });

/** Every check. Where a kind has several, the one that most values pass speaks for it. */
export const validators: readonly Validator[] = [
  { kind: 'email', form: 'written', numbers: false, test: ({ like }, v) => like(v, '^[^@ ,;<>()]{1,64}@[A-Za-z0-9-]+([.][A-Za-z0-9-]+)*[.][A-Za-z]{2,24}$') },
  // ITU-T E.164 with the usual separators, or a number that begins with a prefix and a separator behind it: without one it may be
  // any number that was filled up with zeros. Dates have separators, too.
  { kind: 'phone', form: 'written', numbers: false, test: ({ like }, v) => `(${like(v, '^[+][1-9][0-9 ()./-]{7,20}[0-9]$')} or (${like(v, '^([(]0[0-9]{1,4}[)] ?|(00[1-9]|0)[0-9]{1,4}[ ./-])[0-9][0-9 ./-]{4,14}[0-9]$')} and not ${like(v, DATE)}))` },
  { kind: 'iban', form: 'compact', numbers: false, test: (words, v) => guarded(words, v, '^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$', `${ibanRest(words, v)} = 1`) },
  { kind: 'payment_card', form: 'compact', numbers: true, test: (words, v) => guarded(words, v, CARD, luhn(words, v)) },
  // A version of four parts hardly ever has a part of three digits, and among addresses many do.
  { kind: 'ip_address', form: 'written', numbers: false, test: ({ like }, v) => `((${like(v, `^${OCTET}([.]${OCTET}){3}(/32)?$`)} and ${like(v, '(^|[.])[12][0-9]{2}([.]|/|$)')}) or ${like(v, '^[23][0-9a-fA-F]{3}(:[0-9a-fA-F]{0,4}){3,7}(/128)?$')})` },
  nationalId('compact', false, spain),
  nationalId('compact', true, brazil),
  nationalId('compact', true, france),
  nationalId('compact', true, indonesia),
  nationalId('written', false, unitedStates),
  nationalId('compact', true, poland),
  nationalId('compact', true, turkiye),
  nationalId('compact', true, sweden),
  nationalId('compact', true, netherlands),
  nationalId('compact', false, italy),
  nationalId('compact', false, unitedKingdom),
  nationalId('compact', true, germany, 'tax_id'),
  { kind: 'vehicle_plate', form: 'compact', numbers: false, test: vehicle },
  // Two to four words that begin with a capital letter; so are brands and places, which is why it never decides alone.
  { kind: 'full_name', form: 'written', numbers: false, test: ({ like }, v) => like(v, "^[A-Z][^0-9@_/<>=]{1,30}( [^0-9@_/<>=]{1,30}){1,3}$") },
  // Modular crypt format: bcrypt, argon2, scrypt, the SHA-2 of crypt(3).
  { kind: 'password', form: 'written', numbers: false, test: ({ like }, v) => like(v, '^[$](2[abxy]|argon2(id|i|d)|scrypt|[156])[$]') },
  // JSON Web Tokens, and tokens whose issuers put a prefix before them.
  { kind: 'token', form: 'written', numbers: false, test: ({ like }, v) => `(${like(v, '^eyJ[A-Za-z0-9_-]{10,}[.]eyJ')} or ${like(v, '^(gh[pousr]_|glpat-|xox[abprs]-|[sr]k_live_|AKIA[0-9A-Z]{16}$)')})` },
];
