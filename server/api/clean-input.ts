import { isGtin, looksLikeCardNumber } from '../kernel/card-numbers.ts';
import { DomainError } from '../kernel/errors.ts';
import { ibanProblem } from '../kernel/iban.ts';

/** What every input is looked through for, REST's and the console's, before a schema or anything else reads it. */

/** An input nested deeper is nothing that we ask for. */
export const MAX_DEPTH = 16;

export interface CleanOptions {
  /** Fields that are kept nowhere in readable form, or are looked through line by line later. Nothing but their text is checked. */
  readonly unread?: ReadonlySet<string>;
  /** Questions are asked with any number: nothing of them is kept. */
  readonly question?: boolean;
}

/**
 * Refuses, wherever in a value, what looks like a card number and text that no database keeps. Throws `card_number_refused` or
 * `invalid_request`; no refusal repeats what was sent.
 */
export function assertClean(value: unknown, options: CleanOptions = {}, pointer = '', depth = 0): void {
  if (depth > MAX_DEPTH) throw new DomainError('invalid_request', `The input is nested deeper than ${MAX_DEPTH} levels.`);
  if (typeof value === 'string') assertCleanText(value, options, pointer);
  else if (typeof value === 'number' || typeof value === 'bigint') assertCleanText(String(value), options, pointer);
  else if (value instanceof Map || value instanceof Set) assertClean([...value], options, pointer, depth + 1);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      if (!Array.isArray(value)) assertCleanText(name, options, pointer);
      assertClean(item, options, `${pointer}/${pointerPart(name)}`, depth + 1);
    }
  }
}

/** Fields that hold article numbers: GTINs have 13 or 14 digits, and one in ten of them happens to pass a card's check. */
const ARTICLE_NUMBERS = /\/(?:sku|barcode|code)$/;

function assertCleanText(value: string, { question, unread }: CleanOptions, pointer: string): void {
  if (value.includes('\u0000') || !value.isWellFormed()) {
    throw new DomainError('invalid_request', 'Text must be valid Unicode without the character U+0000.', { field: pointer });
  }
  if (question || unread?.has(pointer)) return;
  if (isPhoneNumber(value) || (ARTICLE_NUMBERS.test(pointer) && isGtin(value))) return;
  // An account number proves itself by check digits of its own, and one in ten of some countries' passes a card's check as well.
  if (pointer.endsWith('/iban') && ibanProblem(value) === null) return;
  if (looksLikeCardNumber(value)) throw new DomainError('card_number_refused', undefined, { field: pointer });
}

/** International notation (E.164): a plus sign and at most 15 digits. Cards are not written so. */
function isPhoneNumber(value: string): boolean {
  return /^\+[\d ()./-]+$/.test(value) && value.replace(/\D/g, '').length <= 15;
}

/** RFC 6901 §3. */
export function pointerPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
