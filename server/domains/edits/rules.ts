import type { UnitRange } from '../../kernel/units.ts';

export const EDIT_STATUSES = ['waiting', 'applied', 'withdrawn', 'lapsed', 'dropped'] as const;
export type EditStatus = (typeof EDIT_STATUSES)[number];

/** How an edit's difference settles, as one amount. */
export const SETTLEMENTS = ['nothing', 'take_less', 'refund', 'held_already', 'raise', 'ask_card', 'ask_customer'] as const;
export type Settlement = (typeof SETTLEMENTS)[number];

/** The saga that carries an edit out: at once, when the time to undo it is over, or when it is paid. */
export const EDIT_SAGA = 'edit-order';

/** How long a customer has to pay what an edit costs more, where their bank did not let it be asked for again. */
export const PAY_HOURS = 48;

/** A line that an edit adds: priced when it was planned, and never again. */
export interface AddedLine {
  readonly kind: 'item' | 'shipping';
  readonly skuId: string | null;
  readonly skuCode: string | null;
  readonly name: string;
  readonly stocked: boolean;
  readonly quantity: number;
  readonly unitPrice: string;
  readonly netMinor: bigint;
  readonly discountMinor: bigint;
  readonly taxMinor: bigint;
  readonly totalMinor: bigint;
  readonly taxRate: string;
  /** Units that an edit took away before, on whose terms these come back. */
  readonly restores: readonly UnitRange[];
}

/** All that an edit changes. */
export interface EditPlan {
  readonly removed: readonly UnitRange[];
  readonly added: readonly AddedLine[];
  /** How it is sent from now on; null where that stays. */
  readonly shipping: {
    readonly method: string | null;
    readonly promisedFrom: string | null;
    readonly promisedBy: string | null;
  } | null;
  readonly shipTo: Readonly<Record<string, unknown>> | null;
  /** The lines it became, once it is applied. */
  readonly lineIds?: readonly string[];
}

/** Units promised for an edit that waits. */
export interface HeldUnits {
  readonly skuId: string;
  readonly units: number;
}

export interface Edit {
  readonly id: string;
  readonly home: string;
  readonly merchantId: string;
  readonly orderId: string;
  readonly channel: string;
  readonly currency: string;
  readonly beforeMinor: bigint;
  readonly afterMinor: bigint;
  readonly addedMinor: bigint;
  readonly removedMinor: bigint;
  readonly reason: string | null;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  plan: EditPlan;
  status: EditStatus;
  held: readonly HeldUnits[];
  why: string | null;
  payUntil: Date | null;
  settledAt: Date | null;
  version: bigint;
}

/** The SKUs whose supply an edit that waits will change, as they are locked. */
export const skusOf = (edit: Edit | undefined): { orderId: string; skuId: string; merchantId: string }[] =>
  (edit?.plan.added ?? []).flatMap(({ stocked, skuId }) =>
    edit && stocked && skuId ? [{ orderId: edit.orderId, skuId, merchantId: edit.merchantId }] : [],
  );

/** Ranges of one line without those of others, in unit order. */
function without(ranges: readonly UnitRange[], taken: readonly UnitRange[]): UnitRange[] {
  let left = [...ranges];
  for (const gone of taken) {
    left = left.flatMap((range) => {
      if (range.lineId !== gone.lineId || gone.to < range.from || gone.from > range.to) return [range];
      return [
        ...(range.from < gone.from ? [{ ...range, to: gone.from - 1 }] : []),
        ...(range.to > gone.to ? [{ ...range, from: gone.to + 1 }] : []),
      ];
    });
  }
  return left;
}

/** Units that edits took away and none brought back, the last to go first. */
export function restorable(edits: readonly Pick<Edit, 'status' | 'plan'>[]): UnitRange[] {
  const applied = edits.filter((edit) => edit.status === 'applied');
  const back = applied.flatMap((edit) => edit.plan.added.flatMap((line) => line.restores));
  return without(
    applied.toReversed().flatMap((edit) => edit.plan.removed),
    back,
  );
}
