/** Units of one SKU at one node that were made, and expire, together. */
export interface Lot {
  readonly id: string;
  readonly skuId: string;
  readonly nodeId: string;
  readonly merchantId: string;
  /** Empty where nobody said which lot it is. */
  readonly code: string;
  /** YYYY-MM-DD; null: it does not expire, or nobody knows. */
  readonly expiresOn: string | null;
  readonly createdAt: Date;
  onHand: bigint;
  expired: bigint;
}

/** Units of a lot, by what is printed on them. */
export interface LotUnits {
  readonly code: string;
  readonly expiresOn: string | null;
  readonly units: bigint;
}

/** The last day of a lot is a day on which it is sold. */
export const isExpired = (lot: Pick<Lot, 'expiresOn'>, today: string): boolean => lot.expiresOn !== null && lot.expiresOn < today;

/** First expired, first out: what expires sooner goes sooner, what never does goes last, and what has expired only where nothing else is. */
export function byExpiry(lots: readonly Lot[], today: string): Lot[] {
  const rank = (lot: Lot): string => `${isExpired(lot, today) ? 1 : 0}${lot.expiresOn ?? '9999-99-99'}`;
  return [...lots].sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    if (x !== y) return x < y ? -1 : 1;
    return a.createdAt.getTime() - b.createdAt.getTime() || (a.code < b.code ? -1 : 1);
  });
}

/** Which lots `units` are taken from. Takes what there is: the caller has seen that the shelf holds as many. */
export function planTake(lots: readonly Lot[], units: bigint, today: string): { readonly lot: Lot; readonly units: bigint }[] {
  let left = units;
  return byExpiry(lots, today).flatMap((lot) => {
    const take = lot.onHand < left ? lot.onHand : left;
    left -= take;
    return take > 0n ? [{ lot, units: take }] : [];
  });
}
