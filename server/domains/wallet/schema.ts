import { z } from 'zod';
import { text } from '../../kernel/inputs.ts';

/** How far the platform knows and trusts a customer; what each may do is data (`wallet_tiers`). */
export const WALLET_TIERS = ['basic', 'verified', 'plus'] as const;
export type WalletTier = (typeof WALLET_TIERS)[number];

export const WALLET_STATUSES = ['active', 'frozen', 'closed'] as const;
export type WalletStatus = (typeof WALLET_STATUSES)[number];

/** A note to the other person is read on a phone, in one glance. */
export const MAX_NOTE = 140;

/** An amount that moves: positive, and small enough to be a JSON integer. */
export const movedMinor = z
  .union([z.bigint(), z.int()])
  .transform((value) => BigInt(value))
  .refine((value) => value > 0n, 'Use an amount above zero.')
  .refine((value) => value < 2n ** 53n, 'This amount is too large.');

export const currencyCode = z.string().regex(/^[A-Z]{3}$/, 'Use a currency code such as EUR.');

/** A handle as people type it: with or without the @, in any case. */
export const handleInput = z
  .string()
  .trim()
  .max(25)
  .transform((value) => value.replace(/^@/, '').toLowerCase())
  .refine((value) => /^[a-z0-9_]{3,24}$/.test(value), 'Use 3 to 24 letters, digits or underscores.');

/** Whom money goes to, or is asked from: an e-mail address or a handle. */
export const personInput = z.union([z.object({ email: z.email().max(254) }), z.object({ handle: handleInput })]);
export type PersonInput = z.infer<typeof personInput>;

export const openWalletInput = z.object({ customerId: z.uuid(), currency: currencyCode });
export type OpenWalletInput = z.infer<typeof openWalletInput>;

export const setHandleInput = z.object({ customerId: z.uuid(), handle: handleInput });
export type SetHandleInput = z.infer<typeof setHandleInput>;

export const sendMoneyInput = z.object({
  walletId: z.uuid(),
  to: personInput,
  amountMinor: movedMinor,
  currency: currencyCode,
  note: text(MAX_NOTE).optional(),
});
export type SendMoneyInput = z.infer<typeof sendMoneyInput>;

/** `by` says on whose side this is; the counter fills it in from who is signed in. */
export const freezeWalletInput = z.object({
  walletId: z.uuid(),
  by: z.enum(['customer', 'staff']),
  reason: text(500).optional(),
});
export type FreezeWalletInput = z.infer<typeof freezeWalletInput>;

export const changeTierInput = z.object({ walletId: z.uuid(), tier: z.enum(WALLET_TIERS), reason: text(500) });
export type ChangeTierInput = z.infer<typeof changeTierInput>;
