import { z } from 'zod';
import { parseDecimal } from '../../kernel/money.ts';
import { API_SCOPES, ROLES } from '../../kernel/vocabulary.ts';

/** What people type about themselves and one another. Forms and procedures read the same rules. */

/**
 * The one spelling under which an e-mail address is unique. Only ASCII letters are folded: the Kelvin sign is a k to Unicode and another
 * mailbox to everybody else, so it must never become one here.
 */
export function normalizeEmail(email: string): string {
  return email.trim().replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

export const email = z.string().trim().max(254, 'must be at most 254 characters').pipe(z.email('must be an e-mail address'));
export const personName = z.string().trim().min(1, 'must not be empty').max(120, 'must be at most 120 characters');

export const PASSWORD_MIN = 12;
/** Length is what counts (NIST SP 800-63B §3.1.1); the upper bound keeps the hashing work bounded. */
export const password = z
  .string()
  .min(PASSWORD_MIN, `must have at least ${PASSWORD_MIN} characters`)
  .max(200, 'must have at most 200 characters');

/** The secret part of a link. */
export const linkToken = z.string().min(20, 'is not complete: open the whole link').max(100, 'is too long to be ours');
export const totpDigits = z
  .string()
  .transform((text) => text.replace(/\s/g, ''))
  .pipe(z.string().regex(/^\d{6}$/, 'must be the six digits of your authenticator app'));
export const timeZone = z.string().refine(isTimeZone, 'must be a time zone such as Europe/Vienna');
export const locale = z.enum(['en', 'de']);

/** Customers make their own account; everyone else is invited. */
export const INVITABLE_ROLES = ROLES.filter((role) => role !== 'customer');
const invitableRole = z.enum(INVITABLE_ROLES);

export const inviteInput = z.object({
  email,
  role: invitableRole,
  /** The merchant they work for. Needed for the role merchant; for others it narrows what they see. */
  merchantId: z.uuid().nullable().default(null),
});
export const acceptInviteInput = z.object({ token: linkToken, name: personName, password });
export const changeRoleInput = z.object({ userId: z.uuid(), role: invitableRole, merchantId: z.uuid().nullable().default(null) });
export const profileInput = z.object({ name: personName, locale, timeZone });
export const resetPasswordInput = z.object({ token: linkToken, password });
export const apiKeyInput = z.object({
  merchantId: z.uuid(),
  name: z.string().trim().min(1, 'must not be empty').max(80, 'must be at most 80 characters'),
  mode: z.enum(['test', 'live']),
  scopes: z.array(z.enum(API_SCOPES)).min(1, 'must name at least one scope').max(API_SCOPES.length),
});
const shortCode = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, 'must be letters, digits, dots and hyphens, such as MAIN');
export const setUpInput = z.object({
  token: linkToken,
  admin: z.object({ email, name: personName, password }),
  merchant: z.object({
    name: personName,
    slug: z
      .string()
      .trim()
      .regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'must be lower-case letters, digits and hyphens, such as acme-shoes'),
    currency: z.string().regex(/^[A-Z]{3}$/, 'must be a three-letter currency code such as EUR'),
    country: z.string().regex(/^[A-Z]{2}$/, 'must be a two-letter country code such as AT'),
  }),
  /** Where its goods leave from. */
  node: z.object({ code: shortCode, name: personName }),
  /** Something it sells. */
  sku: z.object({
    code: shortCode,
    name: z.string().trim().min(1, 'must not be empty').max(200, 'must be at most 200 characters'),
    price: z.string().trim().refine(isPrice, 'must be a price such as 19.90'),
  }),
});

export type InviteInput = z.output<typeof inviteInput>;
export type ChangeRoleInput = z.output<typeof changeRoleInput>;
export type ProfileInput = z.output<typeof profileInput>;
export type ApiKeyInput = z.output<typeof apiKeyInput>;
export type SetUpInput = z.output<typeof setUpInput>;

function isPrice(text: string): boolean {
  const micros = parseDecimal(text);
  return micros !== null && micros >= 0n;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
