import { z } from 'zod';
import { text } from '../../kernel/inputs.ts';

/** Whose report is read: the payment provider's, or the bank's. */
export const RECONCILED = ['card', 'adyen', 'bank'] as const;
export type Reconciled = (typeof RECONCILED)[number];

export const ITEM_KINDS = ['matched', 'missing_here', 'missing_there', 'amount_differs'] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

export const ITEM_STATUSES = ['agreed', 'open', 'awaiting_approval', 'explained', 'written_off', 'gone'] as const;
export type ItemStatus = (typeof ITEM_STATUSES)[number];

const MOST_DAYS = 31;
const DAY_MS = 86_400_000;

/** A day in UTC, or several: the report is read from midnight to midnight. */
export const startReconciliationInput = z
  .object({ provider: z.enum(RECONCILED), from: z.iso.date(), to: z.iso.date() })
  .refine(({ from, to }) => from <= to, { path: ['to'], message: 'Choose a last day that is not before the first.' })
  .refine(({ from, to }) => (Date.parse(to) - Date.parse(from)) / DAY_MS < MOST_DAYS, {
    path: ['to'],
    message: `Choose at most ${MOST_DAYS} days at a time.`,
  });
export type StartReconciliationInput = z.infer<typeof startReconciliationInput>;

/** `explain` needs no money to move; `write_off` moves the difference to suspense once a second person agrees. */
export const resolveDifferenceInput = z.object({
  itemId: z.uuid(),
  resolution: z.enum(['explain', 'write_off']),
  note: text(1_000),
  /** The version that was looked at: what changed meanwhile has to be looked at again. */
  version: z.int().min(1).optional(),
});
export type ResolveDifferenceInput = z.infer<typeof resolveDifferenceInput>;
