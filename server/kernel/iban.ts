/** Account numbers by ISO 13616, and creditor references by ISO 11649: both prove themselves by the check digits of ISO 7064. */

/** Lengths by country, from the SWIFT registry: the euro area, its neighbours, and who else takes part in SEPA. */
const LENGTHS: Readonly<Record<string, number>> = {
  AD: 24,
  AT: 20,
  BE: 16,
  BG: 22,
  CH: 21,
  CY: 28,
  CZ: 24,
  DE: 22,
  DK: 18,
  EE: 20,
  ES: 24,
  FI: 18,
  FR: 27,
  GB: 22,
  GI: 23,
  GR: 27,
  HR: 21,
  HU: 28,
  IE: 22,
  IS: 26,
  IT: 27,
  LI: 21,
  LT: 20,
  LU: 20,
  LV: 21,
  MC: 27,
  MT: 31,
  NL: 18,
  NO: 15,
  PL: 28,
  PT: 25,
  RO: 24,
  SE: 24,
  SI: 19,
  SK: 24,
  SM: 27,
  VA: 22,
};

export type IbanProblem = 'country' | 'length' | 'checksum' | 'characters';

/** Without the spaces that people write, in capitals. */
export const compactIban = (text: string): string => text.replaceAll(/[\s-]/g, '').toUpperCase();

/** What is wrong with an account number, or null where it can be one. */
export function ibanProblem(text: string): IbanProblem | null {
  const iban = compactIban(text);
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]*$/.test(iban)) return 'characters';
  const length = LENGTHS[iban.slice(0, 2)];
  if (length === undefined) return 'country';
  if (iban.length !== length) return 'length';
  return remainder(iban.slice(4) + iban.slice(0, 4)) === 1 ? null : 'checksum';
}

/** How many letters and digits follow the check digits of ours: fixed, so that words which follow are not taken for a part of it. */
export const REFERENCE_LENGTH = 10;

/** `RF` and check digits before letters and digits. A bank's form refuses it with one typing error. */
export function creditorReference(body: string): string {
  const digits = String(98 - remainder(`${body}RF00`)).padStart(2, '0');
  return `RF${digits}${body}`;
}

/** The reference as we keep it, or null where it is none or was mistyped. People add spaces and words around it. */
export function readCreditorReference(text: string): string | null {
  const found = /RF\d{2}[A-Z0-9]{10}/.exec(text.toUpperCase().replaceAll(/[^A-Z0-9]/g, ''))?.[0];
  if (found === undefined) return null;
  return remainder(found.slice(4) + found.slice(0, 4)) === 1 ? found : null;
}

/** In groups of four, as it is read aloud. */
export const grouped = (text: string): string => text.replaceAll(/(.{4})(?=.)/g, '$1 ');

/** The number modulo 97 with letters as 10 to 35. */
function remainder(text: string): number {
  let rest = 0;
  for (const character of text) {
    const value = Number.parseInt(character, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}
