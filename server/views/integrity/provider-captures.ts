import type { Tx } from '../../platform/db.ts';
import type { Finding } from './invariant.ts';

/** A capture that we say succeeded. `id` is the idempotency key that the provider was given. */
export interface CaptureOperation {
  readonly id: string;
  readonly providerRef: string | null;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/**
 * Compares our captures with the provider's own log and says what differs, as sentences; empty where each operation has exactly one
 * capture of its amount. Throws when the provider does not answer. `complete` tells whether these are all captures there are, so
 * that one which only the provider knows is a difference too.
 */
export type ProviderCheck = (operations: readonly CaptureOperation[], complete: boolean) => Promise<readonly string[]>;

export const PROVIDER_CAPTURES = {
  id: 'money.provider_captures',
  group: 4,
  title: 'Each capture has exactly one capture at the provider',
} as const;

/** The captures under inspection. */
export async function readCaptures(
  tx: Tx,
  orders: readonly string[] | null,
): Promise<{ readonly operations: readonly CaptureOperation[]; readonly complete: boolean }> {
  const { rows } = await tx.query<CaptureOperation>(
    `SELECT o.id, o.provider_ref AS "providerRef", o.amount_minor AS "amountMinor", p.currency
     FROM payment_operations o JOIN payments p ON p.id = o.payment_id
     WHERE o.kind = 'capture' AND o.status = 'succeeded' AND ($1::uuid[] IS NULL OR o.order_id = ANY($1::uuid[]))`,
    [orders],
  );
  return { operations: rows, complete: orders === null };
}

/** Asks the provider. A provider that is silent or not configured is reported as not checked, never as fine. */
export async function providerFinding(
  provider: ProviderCheck | undefined,
  captures: { readonly operations: readonly CaptureOperation[]; readonly complete: boolean },
): Promise<Finding> {
  const unknown = (note: string): Finding => ({ ...PROVIDER_CAPTURES, state: 'not_checked', violations: 0, samples: [], note });
  if (!provider) return unknown('not checked (no provider log)');
  try {
    const mismatches = await provider(captures.operations, captures.complete);
    const state = mismatches.length > 0 ? 'violated' : 'holds';
    return { ...PROVIDER_CAPTURES, state, violations: mismatches.length, samples: mismatches.slice(0, 5) };
  } catch (error) {
    return unknown(`not checked (no provider log: ${error instanceof Error ? error.message : String(error)})`);
  }
}
