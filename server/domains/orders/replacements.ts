import { DomainError } from '../../kernel/errors.ts';
import { type UnitRange, type UnitSelection, unitsAsked, unitsIn } from '../../kernel/units.ts';
import type { ShipmentStatus } from '../../kernel/vocabulary.ts';
import { isRefundable, isWaiting, type Line, mayReship, type OrderFacts, replaceableUnits } from './rules.ts';

/** What is sent in place of other units, and what that means for the money of those. */

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

/** The units a replacement sends again: those asked for, or all that may be. */
export function planReship(
  order: Pick<OrderFacts, 'status' | 'lines' | 'spans'>,
  shipment: { readonly id: string; readonly status: ShipmentStatus },
  selection: UnitSelection | undefined,
): { readonly lineId: string; readonly quantity: number }[] {
  const allowed = mayReship(order, shipment);
  if (!allowed.allowed) throw new DomainError('state_refuses', allowed.why);
  const left = replaceableUnits(order, shipment.id);
  if (!selection || selection.length === 0) return [...left].map(([lineId, quantity]) => ({ lineId, quantity }));
  const asked = unitsAsked(selection);
  return [...asked].map(([lineId, quantity]) => {
    const line = order.lines.find((candidate) => candidate.id === lineId);
    if (!line) throw new DomainError('not_found', 'The order has no such line.');
    const max = left.get(lineId) ?? 0;
    if (quantity > max)
      throw new DomainError('over_limit', `Only ${max} of ${line.name} can be replaced; ${quantity} were asked for.`, {
        lineId,
        left: max,
      });
    return { lineId, quantity };
  });
}
