/**
 * What looks like a card number: 13 to 19 digits that pass the Luhn check (ISO/IEC 7812-1), in digits of any script, with blanks or
 * dashes between them, or dots between groups of four. It never enters, wherever it is written.
 */

/** Ids and hashes are hexadecimal and mostly digits, and a span of days is two dates: no card number, however it adds up. */
const NO_CARD =
  /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b(?=[0-9a-f]*[a-f])[0-9a-f]{24,}\b|\b\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?\b/gi;
/** Characters that nobody sees: soft hyphens, zero-width blanks and joiners, marks of direction. */
const UNSEEN = /\p{Cf}/gu;
const CANDIDATE = /(?<!\d)(?:\d(?:[^\S\r\n]|\p{Pd}){0,3}){12,18}\d(?!\d)|(?<!\d)(?:\d{4}\.){3}\d{1,7}(?!\d)/gu;
const FEWEST_DIGITS = 13;
const ENOUGH_DIGITS = /(?:\p{N}\P{N}*){13}/u;

/**
 * Beginnings that issuers have for a length (ISO/IEC 7812-1; the schemes' published ranges): thirteen digits are an old Visa or a Maestro, and
 * with a one begins only UATP, in fifteen. So a time in milliseconds or microseconds, which many names and addresses end with, is no card.
 */
const ISSUED = /^(?:4\d{12}|(?:5[06-8]|6\d)\d{11}|1\d{14}|[2-9]\d{13,18})$/;

export function looksLikeCardNumber(value: string): boolean {
  if (value.length < FEWEST_DIGITS || !ENOUGH_DIGITS.test(value)) return false;
  for (const match of plain(value).matchAll(CANDIDATE)) {
    const digits = match[0].replace(/\D/g, '');
    if (ISSUED.test(digits) && passesLuhn(digits)) return true;
  }
  return false;
}

/** In ASCII digits and without what is not seen. */
function plain(value: string): string {
  const seen = value.normalize('NFKC').replace(UNSEEN, '');
  return seen.replace(/(?!\d)\p{Nd}/gu, asciiDigit).replace(NO_CARD, ' | ');
}

/** Every script has its digits from zero to nine in one row (Unicode Standard 4.6). */
function asciiDigit(digit: string): string {
  const at = digit.codePointAt(0) ?? 0;
  let zero = at;
  while (at - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String(at - zero);
}

function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** GTIN-13 or GTIN-14 with its own check digit (GS1 General Specifications 7.9). */
export function isGtin(value: string): boolean {
  if (!/^\d{13,14}$/.test(value)) return false;
  const digits = [...value].reverse().map(Number);
  return digits.reduce((sum, digit, index) => sum + digit * (index % 2 === 1 ? 3 : 1), 0) % 10 === 0;
}
