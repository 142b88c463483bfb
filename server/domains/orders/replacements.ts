import { DomainError } from '../../kernel/errors.ts';
import { type UnitRange, unitsIn } from '../../kernel/units.ts';
import { isRefundable, isWaiting, type Line, type OrderFacts } from './rules.ts';

/** What is sent in place of other units, held against what is asked for those. */

/** The line that was paid for, of one that replaces another, or replaces a replacement. */
function paidLineOf(lines: readonly Line[], lineId: string): string {
  const replaced = lines.find((line) => line.id === lineId)?.replacesLineId;
  return replaced ? paidLineOf(lines, replaced) : lineId;
}

/**
 * Refuses to give the money of units back while others are about to be sent in their place: the customer would keep both. Once a
 * replacement has left, whoever refunds knows of it, and it may be lost, too.
 */
export function demandNotSentAgain(order: Pick<OrderFacts, 'lines' | 'spans'>, refunded: readonly UnitRange[]): void {
  for (const line of order.lines) {
    const asked = unitsIn(refunded.filter((range) => range.lineId === line.id));
    if (asked === 0 || line.replacesLineId) continue;
    const sentAgain = unitsIn(
      order.spans.filter(
        (span) =>
          span.lineId !== line.id &&
          isWaiting(span) &&
          !order.lines.some((one) => one.id === span.lineId && one.returnId) &&
          paidLineOf(order.lines, span.lineId) === line.id,
      ),
    );
    const refundable = unitsIn(order.spans.filter((span) => span.lineId === line.id && isRefundable(span)));
    if (asked <= refundable - sentAgain) continue;
    throw new DomainError(
      'state_refuses',
      `${sentAgain} ${sentAgain === 1 ? 'unit' : 'units'} of ${line.name} ${sentAgain === 1 ? 'is' : 'are'} being sent again. Cancel the replacement first.`,
      { lineId: line.id, sentAgain, left: Math.max(0, refundable - sentAgain) },
    );
  }
}
