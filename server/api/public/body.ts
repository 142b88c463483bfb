import type { IncomingMessage } from 'node:http';
import { looksLikeCardNumber } from '../../domains/orders/schema.ts';
import { DomainError } from '../../kernel/errors.ts';
import { readBody } from '../../platform/http.ts';
import { MAX_BODY_BYTES, MAX_DEPTH } from './limits.ts';

/**
 * The JSON object of a request. Throws `unsupported_media_type`, `payload_too_large`, `invalid_request` or `card_number_refused`; no
 * refusal repeats what was sent. An empty body counts as {}: some operations need nothing.
 */
export async function readJsonObject(req: IncomingMessage): Promise<Record<string, unknown>> {
  const type = req.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  const bytes = await readBody(req, MAX_BODY_BYTES);
  if (bytes.length === 0 && type === undefined) return {};
  if (type !== 'application/json') {
    throw new DomainError('unsupported_media_type', 'Send the body as application/json: set the header Content-Type.');
  }
  if (bytes.length === 0) return {};
  const parsed = parse(bytes);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new DomainError('invalid_request', 'The body must be a JSON object.');
  }
  assertClean(parsed, '', 0);
  return parsed as Record<string, unknown>;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new DomainError('invalid_request', 'The body is not valid JSON in UTF-8.');
  }
}

/** Fields that hold article numbers: GTINs have 13 or 14 digits, and one in ten of them happens to pass a card's check. */
const ARTICLE_NUMBERS = /\/(?:sku|barcode)$/;

/** Refuses, wherever in a value, what looks like a card number and text that no database keeps. */
export function assertClean(value: unknown, pointer: string, depth: number): void {
  if (depth > MAX_DEPTH) throw new DomainError('invalid_request', `The body is nested deeper than ${MAX_DEPTH} levels.`);
  if (typeof value === 'string') assertCleanText(value, pointer);
  else if (typeof value === 'number') assertCleanText(String(value), pointer);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      if (!Array.isArray(value)) assertCleanText(name, pointer);
      assertClean(item, `${pointer}/${pointerPart(name)}`, depth + 1);
    }
  }
}

function assertCleanText(value: string, pointer: string): void {
  if (value.includes('\u0000') || !value.isWellFormed()) {
    throw new DomainError('invalid_request', 'Text must be valid Unicode without the character U+0000.', { field: pointer });
  }
  if (isPhoneNumber(value) || (ARTICLE_NUMBERS.test(pointer) && isGtin(value))) return;
  if (looksLikeCardNumber(value)) throw new DomainError('card_number_refused', undefined, { field: pointer });
}

/** International notation (E.164): a plus sign and at most 15 digits. Cards are not written so. */
function isPhoneNumber(value: string): boolean {
  return /^\+[\d ()./-]+$/.test(value) && value.replace(/\D/g, '').length <= 15;
}

/** GTIN-13 or GTIN-14 with its own check digit (GS1 General Specifications 7.9). */
function isGtin(value: string): boolean {
  if (!/^\d{13,14}$/.test(value)) return false;
  const digits = [...value].reverse().map(Number);
  return digits.reduce((sum, digit, index) => sum + digit * (index % 2 === 1 ? 3 : 1), 0) % 10 === 0;
}

/** RFC 6901 §3. */
export function pointerPart(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}
