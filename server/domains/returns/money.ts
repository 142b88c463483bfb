import { DomainError } from '../../kernel/errors.ts';
import { moneyStep } from '../../kernel/money.ts';
import { type UnitMoney, valueOfUnits } from '../../kernel/units.ts';
import { type Return, type ReturnLine, said } from './rules.ts';

/** What inspected units give back: their frozen shares, the verdicts, and what the policy keeps. */

/** Reasons that are not the shop's doing: fees are taken for these alone. */
const OWN_WISH: readonly ReturnLine['reason'][] = ['changed_mind', 'does_not_fit', 'other', 'unannounced'];

/** What a return is worth, in minor units. */
export interface ReturnMoney {
  /** What its units give back, by their verdicts. */
  readonly dueMinor: bigint;
  /** What replacements cost that are sent in place of some, as far as these pay for them. */
  readonly exchangedMinor: bigint;
  /** What the customer pays of a replacement that went ahead, because less came back than it costs. */
  readonly chargeMinor: bigint;
  readonly feeMinor: bigint;
  readonly labelFeeMinor: bigint;
  /** What goes back: due − exchanged − fees, and no more than is left of what was taken. */
  readonly refundMinor: bigint;
}

/** The worth of inspected units: of each its frozen share, and of that what the verdict says, rounded down to steps unit by unit. */
export function worthOfLine(line: UnitMoney, part: ReturnLine): bigint {
  const bps = BigInt(part.valueBps ?? 0);
  if (bps === 0n) return 0n;
  if (bps === 10_000n) return valueOfUnits(line, part.from, part.to).totalMinor;
  let sum = 0n;
  const step = BigInt(line.moneyStep ?? 1);
  for (let unit = part.from; unit <= part.to; unit++)
    sum += ((valueOfUnits(line, unit, unit).totalMinor * bps) / (10_000n * step)) * step;
  return sum;
}

/**
 * The money of an inspected return. `exchanged` are units that give no money back because others are sent in their place, and what those
 * cost; no fee is kept of them.
 */
export function moneyOf(
  one: Pick<Return, 'terms' | 'labelledAt' | 'currency'>,
  money: ReadonlyMap<string, UnitMoney>,
  lines: readonly ReturnLine[],
  exchange: { readonly units: ReadonlyMap<string, number>; readonly costMinor: bigint; readonly ahead?: boolean },
  leftMinor: bigint,
): ReturnMoney {
  const { terms } = one;
  let dueMinor = 0n;
  let creditMinor = 0n;
  let ownMinor = 0n;
  const left = new Map(exchange.units);
  for (const whole of lines.filter((line) => line.status === 'inspected')) {
    const line = money.get(whole.lineId);
    if (!line) throw new Error('A returned line is not of its order');
    for (const [part, isExchanged] of split(whole, left, exchange.ahead === true)) {
      const worth = worthOfLine(line, part);
      dueMinor += worth;
      if (isExchanged) creditMinor += worth;
      else if (OWN_WISH.includes(part.reason)) ownMinor += worth;
    }
  }
  const dearerMinor = exchange.costMinor > creditMinor ? exchange.costMinor - creditMinor : 0n;
  if (dearerMinor > 0n && !exchange.ahead)
    throw new DomainError(
      'state_refuses',
      `What is sent instead costs ${said(dearerMinor, one.currency)} more than what came back. Settle to store credit, and place a new order.`,
      { dearerMinor: Number(dearerMinor) },
    );
  const step = moneyStep(one.currency);
  const feeMinor = ((ownMinor * BigInt(terms.restockingBps)) / (10_000n * step)) * step;
  const label = (terms.labelFeeMinor / step) * step;
  const asked = terms.labelPayer === 'customer' && one.labelledAt !== null && ownMinor > 0n ? label : 0n;
  const afterFee = ownMinor - feeMinor;
  const labelFeeMinor = asked < afterFee ? asked : afterFee;
  const exchangedMinor = exchange.costMinor - dearerMinor;
  const refund = dueMinor - exchangedMinor - feeMinor - labelFeeMinor;
  return {
    dueMinor,
    exchangedMinor,
    chargeMinor: dearerMinor,
    feeMinor,
    labelFeeMinor,
    refundMinor: refund < leftMinor ? refund : leftMinor > 0n ? leftMinor : 0n,
  };
}

/** A part of a return, and whether it is exchanged: only what was accepted in full, unless the other goods went ahead. */
function split(part: ReturnLine, left: Map<string, number>, ahead: boolean): [ReturnLine, boolean][] {
  const wanted = part.verdict === 'accept' || (ahead && part.verdict === 'part') ? (left.get(part.lineId) ?? 0) : 0;
  const size = part.to - part.from + 1;
  const taken = Math.min(wanted, size);
  if (taken === 0) return [[part, false]];
  left.set(part.lineId, wanted - taken);
  const first: [ReturnLine, boolean] = [{ ...part, to: part.from + taken - 1 }, true];
  return taken === size ? [first] : [first, [{ ...part, from: part.from + taken }, false]];
}
