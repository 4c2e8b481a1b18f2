import { digit, guarded, isMonthAndDay, luhn, mod11x10, part, weighted, type Words } from './checks.js';

/** True for a number that the authority of a country could have given. `v` holds capital letters and digits only. */
export type Test = (words: Words, v: string) => string;

/** Spain: DNI 12345678Z, NIE X1234567L; the letter is the number modulo 23. */
export const spain: Test = (words, v) => {
  const number = words.number(`translate(substr(${v}, 1, 8), 'XYZ', '012')`);
  return guarded(words, v, '^([0-9]{8}|[XYZ][0-9]{7})[A-Z]$', `substr('TRWAGMYFPDXBNJZSQVHLCKE', (${number} % 23)::int + 1, 1) = substr(${v}, 9, 1)`);
};

/** Brazil: CPF, two digits modulo 11. */
export const brazil: Test = (words, v) => {
  const check = (length: number): string => {
    const weights = Array.from({ length }, (_, at) => length + 1 - at);
    return `(${weighted(words, v, weights)} * 10) % 11 % 10 = ${digit(words, v, length + 1)}`;
  };
  return guarded(words, v, '^[0-9]{11}$', `${v} <> repeat(substr(${v}, 1, 1), 11) and ${check(9)} and ${check(10)}`);
};

/** France: NIR, thirteen digits and a key of two; Corsica's departments are 2A and 2B. */
export const france: Test = (words, v) => {
  const number = words.number(`replace(replace(substr(${v}, 1, 13), '2A', '19'), '2B', '18')`);
  return guarded(words, v, '^[12][0-9]{2}(0[1-9]|1[0-2]|[2-4][0-9])([0-9]{2}|2[AB])[0-9]{8}$', `97 - ${number} % 97 = ${part(words, v, 14, 2)}`);
};

/** Germany: Steueridentifikationsnummer, ISO 7064 modulo 11,10. */
export const germany: Test = (words, v) => guarded(words, v, '^[1-9][0-9]{10}$', mod11x10(words, v, 11));

/** Indonesia: NIK, province, then the date of birth, forty added to a woman's day. */
export const indonesia: Test = (words, v) =>
  guarded(words, v, '^(1[1-9]|[2-8][0-9]|9[1-9])[0-9]{14}$', `${isMonthAndDay(words, v, { day: 7, month: 9, added: 40 })} and substr(${v}, 13, 4) <> '0000'`);

/** United States: SSN with its hyphens; ranges that were never issued. `v` is the text as it is written. */
export const unitedStates: Test = (words, v) =>
  guarded(
    words, v, '^[0-8][0-9]{2}-[0-9]{2}-[0-9]{4}$',
    `substr(${v}, 1, 3) not in ('000', '666') and substr(${v}, 5, 2) <> '00' and substr(${v}, 8, 4) <> '0000'`,
  );

/** Poland: PESEL, date of birth with centuries in its month, weights 1 3 7 9. */
export const poland: Test = (words, v) =>
  guarded(
    words, v, '^[0-9]{11}$',
    `${weighted(words, v, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1])} % 10 = 0 and ${part(words, v, 3, 2)} % 20 between 1 and 12 and ${part(words, v, 5, 2)} between 1 and 31`,
  );

/** Türkiye: TC kimlik, two check digits. */
export const turkiye: Test = (words, v) => {
  const sum = (places: readonly number[]): string => `(${places.map((place) => digit(words, v, place)).join(' + ')})`;
  const tenth = `(7 * ${sum([1, 3, 5, 7, 9])} - ${sum([2, 4, 6, 8])} + 100) % 10 = ${digit(words, v, 10)}`;
  return guarded(words, v, '^[1-9][0-9]{10}$', `${tenth} and ${sum([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])} % 10 = ${digit(words, v, 11)}`);
};

/** Sweden: personnummer, Luhn over a date of birth; the century may stand before it. */
export const sweden: Test = (words, v) => {
  const ten = `right(${v}, 10)`;
  return guarded(words, v, '^(19|20)?[0-9]{10}$', `${isMonthAndDay(words, ten, { month: 3, day: 5, added: 60 })} and ${luhn(words, ten)}`);
};

/** Netherlands: BSN, the eleven test. */
export const netherlands: Test = (words, v) =>
  guarded(words, v, '^[0-9]{9}$', `${v} <> '000000000' and ${weighted(words, v, [9, 8, 7, 6, 5, 4, 3, 2, -1])} % 11 = 0`);

/** What each odd place of a codice fiscale counts, for 0 to 9 and A to Z. */
const ITALY_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
const SIGNS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Italy: codice fiscale, the last letter checks the rest. */
export const italy: Test = (words, v) => {
  const odd = ITALY_ODD.map((value) => String(value).padStart(2, '0')).join('');
  const even = Array.from(SIGNS, (_, at) => String(at < 10 ? at : at - 10).padStart(2, '0')).join('');
  const terms = Array.from({ length: 15 }, (_, at) => {
    const place = `strpos('${SIGNS}', substr(${v}, ${at + 1}, 1))`;
    return words.number(`substr('${at % 2 === 0 ? odd : even}', 2 * ${place} - 1, 2)`);
  });
  return guarded(
    words, v, '^[A-Z]{6}[0-9]{2}[ABCDEHLMPRST][0-9]{2}[A-Z][0-9]{3}[A-Z]$',
    `substr('${SIGNS.slice(10)}', ((${terms.join(' + ')}) % 26)::int + 1, 1) = substr(${v}, 16, 1)`,
  );
};

/** United Kingdom: national insurance number, letters that are given. */
export const unitedKingdom: Test = (words, v) => words.like(v, '^[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][0-9]{6}[A-D]$');

/** What letters count in a vehicle identification number (ISO 3779; 49 CFR 565.15), in the order of `VIN_SIGNS`. */
const VIN_SIGNS = '0123456789ABCDEFGHJKLMNPRSTUVWXYZ';
const VIN_VALUES = '012345678912345678123457923456789';
const VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/** A vehicle of North America: the ninth sign checks the others, X is ten. */
export const vehicle: Test = (words, v) => {
  const terms = VIN_WEIGHTS.map((weight, at) => `${weight} * ${words.number(`substr('${VIN_VALUES}', strpos('${VIN_SIGNS}', substr(${v}, ${at + 1}, 1)), 1)`)}`);
  return guarded(words, v, '^[A-HJ-NPR-Z0-9]{8}[0-9X][A-HJ-NPR-Z0-9]{8}$', `substr('0123456789X', ((${terms.join(' + ')}) % 11)::int + 1, 1) = substr(${v}, 9, 1)`);
};
