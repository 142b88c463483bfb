/**
 * The form in which an e-mail address is compared: trimmed, lower case, Unicode NFKC. Nothing provider-specific is stripped: two
 * addresses that differ only in dots may be two people.
 */
export function normalizeEmail(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}
