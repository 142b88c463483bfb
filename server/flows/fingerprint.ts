import { createHash } from 'node:crypto';
import { DomainError } from '../kernel/errors.ts';

/** Names a plan: the same plan has the same fingerprint, whoever computes it. */
export function fingerprintOf(plan: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(plan, (_key, value) => (typeof value === 'bigint' ? value.toString() : value)))
    .digest('base64url')
    .slice(0, 22);
}

/** Answers 409 with what is true now, where the plan a person saw is not the plan any more. */
export function checkFingerprint(shown: string | undefined, preview: { readonly fingerprint: string }, now = ''): void {
  if (shown === undefined || shown === preview.fingerprint) return;
  throw new DomainError('plan_changed', `The order changed since this was shown. Look at the new preview.${now && ` ${now}`}`, {
    preview: { ...preview },
  });
}
