/**
 * National identifiers that carry a checksum, or a layout so strict that nothing else is written like it, together with
 * letters or separators: a bare number may always be a case, an order or a key. Rules: the issuing bodies', as collected in
 * the `stdnum` modules of the same names. Each check looks at a bounded text once.
 */
type Check = (text: string) => boolean;

function digitsOf(text: string): number[] {
  return Array.from(text.replace(/\D/g, ''), Number);
}

/** Sum of the digits times the weights, in order. */
function weighted(digits: readonly number[], weights: readonly number[]): number {
  return weights.reduce((sum, weight, at) => sum + weight * (digits[at] ?? 0), 0);
}

/** Luhn's sum (ISO/IEC 7812-1, annex B) over the digits; 0 modulo 10 for a valid number. */
export function luhn(digits: readonly number[]): boolean {
  const sum = digits.toReversed().reduce((total, digit, at) => {
    const doubled = digit * 2;
    return total + (at % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return digits.length > 0 && sum % 10 === 0;
}

function isDate(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

function allEqual(digits: readonly number[]): boolean {
  return digits.every((digit) => digit === digits[0]);
}

/** Spain: DNI 12345678Z, NIE X1234567L. */
const spain: Check = (text) => {
  const match = /^([XYZ]\d{7}|\d{8})-?([A-Z])$/.exec(text);
  if (!match?.[1]) return false;
  const number = Number(match[1].replace('X', '0').replace('Y', '1').replace('Z', '2'));
  return 'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(number % 23) === match[2];
};

/** Italy: codice fiscale RSSMRA85T10A562S; the last letter checks the rest. */
const ITALY_ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
const italy: Check = (text) => {
  if (!/^[A-Z]{6}\d{2}[ABCDEHLMPRST]\d{2}[A-Z]\d{3}[A-Z]$/.test(text)) return false;
  const sum = Array.from(text.slice(0, 15)).reduce((total, character, at) => {
    const value = /\d/.test(character) ? Number(character) : character.charCodeAt(0) - 65;
    return total + (at % 2 === 0 ? (ITALY_ODD[value] ?? 0) : value);
  }, 0);
  return String.fromCharCode(65 + (sum % 26)) === text.charAt(15);
};

/** United States: SSN 078-05-1120; no checksum, but ranges that were never issued. */
const unitedStates: Check = (text) =>
  /^(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}$/.test(text);

/** Brazil: CPF 529.982.247-25. */
const brazil: Check = (text) => {
  if (!/^\d{3}\.\d{3}\.\d{3}-\d{2}$/.test(text)) return false;
  const digits = digitsOf(text);
  const check = (length: number): number =>
    ((weighted(digits, Array.from({ length }, (_, at) => length + 1 - at)) * 10) % 11) % 10;
  return !allEqual(digits) && check(9) === digits[9] && check(10) === digits[10];
};

/** Sweden: personnummer 811228-9874, Luhn over a date of birth. */
const sweden: Check = (text) => {
  const match = /^(?:19|20)?(\d{2})(\d{2})(\d{2})[-+]\d{4}$/.exec(text);
  if (!match) return false;
  const [, year, month, day] = match.map(Number);
  return isDate(2000 + (year ?? 0), month ?? 0, day ?? 0) && luhn(digitsOf(text).slice(-10));
};

/** Finland: henkilötunnus 131052-308T. */
const finland: Check = (text) => {
  const match = /^(\d{2})(\d{2})(\d{2})[-+ABCDEFUVWXY](\d{3})([0-9A-FHJ-NPR-Y])$/.exec(text);
  if (!match) return false;
  const [, day, month, year, serial] = match;
  const number = Number(`${day}${month}${year}${serial}`);
  return isDate(2000 + Number(year), Number(month), Number(day)) && '0123456789ABCDEFHJKLMNPRSTUVWXY'.charAt(number % 31) === match[5];
};

/** France: NIR 2 95 10 99 126 111 93, written in groups. */
const france: Check = (text) => {
  if (!/^[12] \d{2} (0[1-9]|1[0-2]|[2-4]\d) (\d{2}|2[AB]) \d{3} \d{3} \d{2}$/.test(text)) return false;
  const number = text.replaceAll(' ', '').replace('2A', '19').replace('2B', '18');
  return 97 - (Number(number.slice(0, 13)) % 97) === Number(number.slice(13));
};

/** Switzerland: AHV 756.9217.0769.85, an EAN-13. */
const switzerland: Check = (text) => {
  if (!/^756\.\d{4}\.\d{4}\.\d{2}$/.test(text)) return false;
  return weighted(digitsOf(text), [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0;
};

/** Belgium: rijksregisternummer 85.07.30-033.28. */
const belgium: Check = (text) => {
  if (!/^\d{2}\.\d{2}\.\d{2}-\d{3}\.\d{2}$/.test(text)) return false;
  const digits = text.replace(/\D/g, '');
  const check = Number(digits.slice(9));
  const number = Number(digits.slice(0, 9));
  return 97 - (number % 97) === check || 97 - ((2_000_000_000 + number) % 97) === check;
};

/** Chile: RUT 12.531.909-2, modulo 11. */
const chile: Check = (text) => {
  if (!/^\d{1,2}\.\d{3}\.\d{3}-[\dK]$/.test(text)) return false;
  const digits = digitsOf(text.slice(0, -2)).toReversed();
  const rest = 11 - (weighted(digits, [2, 3, 4, 5, 6, 7, 2, 3]) % 11);
  return text.slice(-1) === (rest === 11 ? '0' : rest === 10 ? 'K' : String(rest));
};

/** Argentina: CUIT and CUIL 20-26756539-3. */
const argentina: Check = (text) => {
  if (!/^(20|23|24|27|30|33|34)-\d{8}-\d$/.test(text)) return false;
  const digits = digitsOf(text);
  const rest = 11 - (weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11);
  return (rest === 11 ? 0 : rest === 10 ? 9 : rest) === digits[10];
};

/** Mexico: CURP BOXW310820HNERXN09; the last digit checks the rest. */
const mexico: Check = (text) => {
  if (!/^[A-Z]{4}\d{6}[HM][A-Z]{5}[0-9A-Z]\d$/.test(text)) return false;
  const alphabet = '0123456789ABCDEFGHIJKLMN\u00d1OPQRSTUVWXYZ';
  const sum = Array.from(text.slice(0, 17)).reduce((total, character, at) => total + alphabet.indexOf(character) * (18 - at), 0);
  return (10 - (sum % 10)) % 10 === Number(text.charAt(17));
};

/** China: resident identity number 11010519491231002X, ISO 7064 modulo 11-2 over a date of birth. */
const china: Check = (text) => {
  const match = /^[1-8]\d{5}((?:19|20)\d{2})(\d{2})(\d{2})\d{3}[\dX]$/.exec(text);
  if (!match) return false;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weighted(digitsOf(text.slice(0, 17)), weights);
  return isDate(Number(match[1]), Number(match[2]), Number(match[3])) && '10X98765432'.charAt(sum % 11) === text.charAt(17);
};

/** South Korea: resident registration number 971013-9019902. */
const southKorea: Check = (text) => {
  const match = /^\d{2}(\d{2})(\d{2})-[0-9]\d{6}$/.exec(text);
  if (!match || !isDate(2000, Number(match[1]), Number(match[2]))) return false;
  const digits = digitsOf(text);
  return (11 - (weighted(digits, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10 === digits[12];
};

/** Czechia and Slovakia: rodné číslo 710319/2745, divisible by 11; women's months are 50 higher. */
const czechia: Check = (text) => {
  const match = /^(\d{2})(\d{2})(\d{2})\/\d{4}$/.exec(text);
  if (!match) return false;
  const month = Number(match[2]) % 50 > 20 ? (Number(match[2]) % 50) - 20 : Number(match[2]) % 50;
  return isDate(2000 + Number(match[1]), month, Number(match[3])) && Number(text.replace('/', '')) % 11 === 0;
};

const CHECKS: readonly Check[] = [
  spain, italy, unitedStates, brazil, sweden, finland, france, switzerland, belgium, chile, argentina, mexico, china,
  southKorea, czechia,
];
const LENGTH_MIN = 9;
const LENGTH_MAX = 24;

/** Whether the whole text is a national identifier of a person. */
export function isNationalId(text: string): boolean {
  if (text.length < LENGTH_MIN || text.length > LENGTH_MAX) return false;
  return CHECKS.some((check) => check(text));
}
