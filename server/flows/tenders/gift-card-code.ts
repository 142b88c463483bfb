import { randomBytes } from 'node:crypto';
import { CODE_LENGTH, codeOf, normalizeCode } from '../../domains/gift-cards/rules.ts';
import { looksLikeCardNumber } from '../../kernel/card-numbers.ts';
import { digestSecret, open, seal } from '../../platform/auth/secrets.ts';

/** A gift card's code: made once, shown once, and kept as an HMAC under WAYBILL_DATA_KEY, so that whoever reads the database cannot spend it. */
const HASH_PURPOSE = 'gift-card-code';
const ANSWER_PURPOSE = 'answer:issue-gift-card';

export interface NewCode {
  readonly hash: string;
  readonly last4: string;
  /** The code, encrypted: what the idempotency key's stored answer holds, so that a lost reply loses no card. */
  readonly sealed: string;
}

/** Draws a code. */
export function newCode(dataKey: string): NewCode {
  let code = codeOf(randomBytes(CODE_LENGTH));
  // One in some millions is all digits and would be refused where it is typed.
  while (looksLikeCardNumber(code)) code = codeOf(randomBytes(CODE_LENGTH));
  const hash = digestSecret(normalizeCode(code) as string, HASH_PURPOSE, dataKey);
  return { hash, last4: code.slice(-4), sealed: seal(code, ANSWER_PURPOSE, dataKey) };
}

/** The hash that a typed code is looked up by; null where it cannot be a code. */
export function hashOfCode(typed: string, dataKey: string): string | null {
  const code = normalizeCode(typed);
  return code === null ? null : digestSecret(code, HASH_PURPOSE, dataKey);
}

/** The code of an answer that was just given, or is given again under the same idempotency key. */
export function openCode(sealed: string, dataKey: string): string {
  return open(sealed, ANSWER_PURPOSE, dataKey);
}
