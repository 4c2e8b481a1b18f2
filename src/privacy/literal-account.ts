import { luhn } from './literal-national-id.js';

/** Account and card numbers, by their check digits. */

/** Lengths by country: SWIFT, IBAN registry, release 99. */
const IBAN_LENGTHS = 'AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18FR27GB22GE22GI23GL18GR27GT28HN28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30';

/** How many characters an IBAN of a country has; 0 where there is none. */
export function ibanLength(country: string): number {
  const at = IBAN_LENGTHS.indexOf(country);
  return at >= 0 && at % 4 === 0 ? Number(IBAN_LENGTHS.slice(at + 2, at + 4)) : 0;
}

/** ISO 13616: country, two check digits, account; valid when the rotated number is 1 modulo 97 (ISO 7064). */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9 -]{11,42}$/.test(text)) return false;
  const plain = text.replace(/[ -]/g, '');
  if (plain.length !== ibanLength(plain.slice(0, 2))) return false;
  let rest = 0;
  for (const character of plain.slice(4) + plain.slice(0, 4)) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** ISO/IEC 7812: prefix and length of the large networks, then Luhn. */
const CARD = /^(4\d{15}|5[1-5]\d{14}|2(2[2-9]|[3-6]\d|7[01])\d{13}|3[47]\d{13}|6(011|5\d\d|4[4-9]\d)\d{12}|3(0[0-5]|[68]\d)\d{11}|35(2[89]|[3-8]\d)\d{12}|62\d{14})$/;

/** Whether the whole text is the number of a payment card, in one piece or in groups. */
export function isPaymentCard(text: string): boolean {
  if (!/^\d(?:[ -]?\d){12,18}$/.test(text)) return false;
  const plain = text.replace(/[ -]/g, '');
  return CARD.test(plain) && luhn(Array.from(plain, Number));
}
