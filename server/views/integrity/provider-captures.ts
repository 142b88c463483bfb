import type { Tx } from '../../platform/db.ts';
import type { Finding } from './invariant.ts';

/** One capture in the provider's own log. `operationId` is the idempotency key that we gave it; null for one made by hand. */
export interface ProviderCapture {
  readonly operationId: string | null;
  readonly paymentRef: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/**
 * The provider's own record of captures, oldest first and only ever growing; `fresh` reads it again from its beginning. Throws when
 * the provider does not answer or keeps no such log.
 */
export type ProviderLog = (fresh: boolean) => Promise<readonly ProviderCapture[]>;

/** What we know of a capture that was attempted. */
export interface CaptureOperation {
  readonly id: string;
  readonly status: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

export const PROVIDER_CAPTURES = {
  id: 'money.provider_captures',
  group: 4,
  title: 'Each capture has exactly one capture at the provider',
} as const;

const MAX_SAMPLES = 5;

/** Every attempted capture under inspection, whatever became of it. */
export async function readCaptures(tx: Tx, orders: readonly string[] | null): Promise<readonly CaptureOperation[]> {
  const { rows } = await tx.query<CaptureOperation>(
    `SELECT o.id, o.status, o.amount_minor AS "amountMinor", p.currency
     FROM payment_operations o JOIN payments p ON p.id = o.payment_id
     WHERE ($1::uuid[] IS NULL OR o.order_id = ANY($1::uuid[]))
       -- A debit comes with the attempt that asked for it; of what people record there is no log.
       AND CASE p.provider WHEN 'bank_debit' THEN o.kind = 'authorize'
             ELSE o.kind = 'capture' AND p.provider NOT IN ('gift_card', 'store_credit', 'wallet', 'manual', 'cash_on_delivery') END
     UNION ALL
     SELECT id, status, CASE status WHEN 'succeeded' THEN credited_minor ELSE amount_minor END, currency
     FROM top_ups WHERE method = 'card' AND $1::uuid[] IS NULL`,
    [orders],
  );
  return rows;
}

/** Tells how far the provider's log reached before the snapshot was taken, or why it cannot be read. */
export async function openProviderLog(
  log: ProviderLog | undefined,
  full: boolean,
): Promise<{ readonly known: number } | { readonly why: string }> {
  if (!log) return { why: 'not checked (no provider log)' };
  try {
    return { known: (await log(full)).length };
  } catch (error) {
    return { why: unreadable(error) };
  }
}

/**
 * Compares our captures, as of a snapshot, with the log read once before and once after it. What we say succeeded must be in the
 * later reading, once and with its amount; what was in the earlier one must be ours, because an operation is recorded before it is
 * sent. A provider that is silent makes this "not checked", never fine.
 */
export async function providerFinding(
  log: ProviderLog | undefined,
  opened: { readonly known: number } | { readonly why: string },
  operations: readonly CaptureOperation[],
  full: boolean,
): Promise<Finding> {
  const notChecked = (note: string): Finding => ({
    ...PROVIDER_CAPTURES,
    state: 'not_checked',
    violations: 0,
    samples: [],
    note,
  });
  if ('why' in opened || !log) return notChecked('why' in opened ? opened.why : 'not checked (no provider log)');
  try {
    const captures = await log(false);
    const mismatches = [
      ...ourMismatches(operations, captures),
      ...(full ? theirMismatches(operations, captures.slice(0, opened.known)) : []),
    ];
    const state = mismatches.length > 0 ? 'violated' : 'holds';
    return { ...PROVIDER_CAPTURES, state, violations: mismatches.length, samples: mismatches.slice(0, MAX_SAMPLES) };
  } catch (error) {
    return notChecked(unreadable(error));
  }
}

const unreadable = (error: unknown): string =>
  `not checked (no provider log: ${error instanceof Error ? error.message : String(error)})`;

function ourMismatches(operations: readonly CaptureOperation[], captures: readonly ProviderCapture[]): string[] {
  const found = new Map<string, ProviderCapture[]>(operations.map((operation) => [operation.id, []]));
  for (const capture of captures) if (capture.operationId !== null) found.get(capture.operationId)?.push(capture);
  return operations.flatMap(({ id, status, amountMinor, currency }) => {
    const [capture, second] = found.get(id) ?? [];
    if (second) return [`operation ${id}: captured more than once at the provider`];
    if (status === 'failed' && capture) return [`operation ${id}: failed here, captured at the provider`];
    if (status !== 'succeeded') return [];
    if (!capture) return [`operation ${id}: the provider knows no such capture`];
    if (capture.amountMinor === amountMinor && capture.currency === currency) return [];
    return [`operation ${id}: ${amountMinor} ${currency} here, ${capture.amountMinor} ${capture.currency} at the provider`];
  });
}

function theirMismatches(operations: readonly CaptureOperation[], captures: readonly ProviderCapture[]): string[] {
  const ours = new Set(operations.map((operation) => operation.id));
  return captures
    .filter((capture) => capture.operationId === null || !ours.has(capture.operationId))
    .map(
      (capture) =>
        `payment ${capture.paymentRef}: the provider captured ${capture.amountMinor} ${capture.currency}, we did not ask for it`,
    );
}
