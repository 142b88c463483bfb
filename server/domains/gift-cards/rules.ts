import { DomainError } from '../../kernel/errors.ts';
import type { GiftCardStatus } from '../../kernel/vocabulary.ts';

/** A gift card. What it holds is its ledger account's; the row says what may be done with it. It changes under its account's lock. */
export interface GiftCard {
  readonly id: string;
  readonly home: string;
  readonly merchantId: string;
  readonly accountId: string;
  readonly currency: string;
  /** HMAC of the code, in hex. The code itself is kept nowhere. */
  readonly codeHash: string;
  readonly last4: string;
  readonly initialMinor: bigint;
  readonly reason: string;
  readonly note: string | null;
  readonly customerId: string | null;
  readonly issuedBy: string;
  readonly createdAt: Date;
  approvalId: string | null;
  status: GiftCardStatus;
  expiresAt: Date | null;
  updatedAt: Date;
  version: bigint;
}

export type GiftCardAction = 'freeze' | 'unfreeze' | 'void';

const FROM: Readonly<Record<GiftCardAction, readonly GiftCardStatus[]>> = {
  freeze: ['active'],
  unfreeze: ['frozen'],
  void: ['active', 'frozen'],
};
const WHY: Readonly<Record<GiftCardStatus, string>> = {
  awaiting_approval: 'This gift card waits for a second person: approve or reject it first.',
  active: 'This gift card is in use.',
  frozen: 'This gift card is frozen.',
  void: 'This gift card is void. Issue another one.',
  expired: 'This gift card has expired. Issue another one.',
};

export type Allowed = { readonly allowed: true } | { readonly allowed: false; readonly why: string };

/** Whether people may do this to a card, or why not: the button and the server ask the same. */
export function mayChange(status: GiftCardStatus, action: GiftCardAction): Allowed {
  return FROM[action].includes(status) ? { allowed: true } : { allowed: false, why: WHY[status] };
}

/** The status that an action leads to. Throws `state_refuses`. */
export function statusAfter(card: Pick<GiftCard, 'status'>, action: GiftCardAction): GiftCardStatus {
  const may = mayChange(card.status, action);
  if (!may.allowed) throw new DomainError('state_refuses', may.why);
  return ({ freeze: 'frozen', unfreeze: 'active', void: 'void' } as const)[action];
}

/** Whether the card's time is over, whether the clock has looked yet or not. */
export function isOver(card: Pick<GiftCard, 'status' | 'expiresAt'>, now: Date): boolean {
  return card.status === 'expired' || (card.expiresAt !== null && card.expiresAt <= now);
}

/** Whether something may be paid with it now. Whoever knows the code of a frozen card may be told so: they hold it. */
export function isSpendable(card: Pick<GiftCard, 'status' | 'expiresAt'>, now: Date): boolean {
  return card.status === 'active' && !isOver(card, now);
}

/** A card that money returns to after its end can be used for this long once more. */
export const RETURN_GRACE_MS = 90 * 86_400_000;

/**
 * What becomes of a card that money returns to: one that has expired, or is about to, is given time to spend it; one that was made void is
 * frozen with the money on it, for a person to look at.
 */
export function afterReturn(card: Pick<GiftCard, 'status' | 'expiresAt'>, now: Date): Pick<GiftCard, 'status' | 'expiresAt'> {
  const until = new Date(now.getTime() + RETURN_GRACE_MS);
  const ends = card.expiresAt !== null && card.expiresAt < until ? until : card.expiresAt;
  if (card.status === 'void') return { status: 'frozen', expiresAt: ends };
  if (card.status === 'expired') return { status: 'active', expiresAt: ends };
  return isOver(card, now) ? { status: card.status, expiresAt: ends } : card;
}

/** Crockford's base 32: no I, L, O or U, so that nothing is misread. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** 20 characters of 5 bits: 100, of which the last four, which people tell a card by, are no secret. 80 stay. */
export const CODE_LENGTH = 20;

/** The code of 20 random bytes, in groups of four. */
export function codeOf(random: Uint8Array): string {
  const letters = [...random.subarray(0, CODE_LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return (letters.match(/.{4}/g) ?? []).join('-');
}

/** A code as it is compared, however it was typed; null where it cannot be one. */
export function normalizeCode(typed: string): string | null {
  const code = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  return code.length === CODE_LENGTH && [...code].every((letter) => ALPHABET.includes(letter)) ? code : null;
}
