import type { UnitId, WantedUnits } from './history.ts';
import {
  cancellable,
  leftOf,
  lineOf,
  type OrderState,
  owedOf,
  refundable,
  shippable,
  statusOf,
  sum,
  type UnitState,
  unitsThat,
  worth,
} from './order-state.ts';

/** What the model does for who asks for it in this state, or how it refuses. */
export type Plan<P> = P | { readonly refused: string; readonly data?: Readonly<Record<string, unknown>> };

/** The units that a wish means: all that pass, or of each line the first so many. */
function choose(
  state: OrderState,
  wanted: readonly WantedUnits[] | null | undefined,
  pass: (unit: UnitState) => boolean,
): Plan<{ readonly units: readonly UnitId[] }> {
  const eligible = unitsThat(state, pass);
  if (!wanted) return eligible.length > 0 ? { units: eligible } : { refused: 'state_refuses' };
  const units: UnitId[] = [];
  for (const { line, quantity } of wanted) {
    const own = eligible.filter((id) => lineOf(id) === line);
    if (own.length < quantity) return { refused: 'over_limit', data: { left: own.length } };
    units.push(...own.slice(0, quantity));
  }
  return { units };
}

export function planCancel(
  state: OrderState,
  wanted: readonly WantedUnits[] | undefined,
): Plan<{ readonly units: readonly UnitId[]; readonly valueMinor: number; readonly refundMinor: number }> {
  if (['FULFILLED', 'CANCELLED', 'REFUNDED'].includes(statusOf(state)) || unitsThat(state, cancellable).length === 0)
    return { refused: 'state_refuses' };
  const chosen = choose(state, wanted, cancellable);
  if ('refused' in chosen) return chosen;
  const valueMinor = worth(state, chosen.units);
  const returning = sum(
    Object.values(state.refunds)
      .filter((refund) => refund.why === 'cancelled')
      .map((refund) => refund.leftMinor),
  );
  const tooMuch = state.confirmed ? Math.max(0, valueMinor - owedOf(state) - returning) : 0;
  const left = Math.max(0, leftOf(state));
  // More would be owed than is left of what was taken.
  if (tooMuch > left) return { refused: 'state_refuses' };
  return { units: chosen.units, valueMinor, refundMinor: tooMuch };
}

export function planShip(
  state: OrderState,
  wanted: readonly WantedUnits[] | undefined,
): Plan<{ readonly units: readonly UnitId[] }> {
  if (['PENDING', 'FULFILLED', 'CANCELLED', 'REFUNDED'].includes(statusOf(state))) return { refused: 'state_refuses' };
  if (state.held || unitsThat(state, shippable).length === 0) return { refused: 'state_refuses' };
  return choose(state, wanted, shippable);
}

export function planRefund(
  state: OrderState,
  wanted: { readonly units: readonly WantedUnits[] | null } | { readonly amountMinor: number },
): Plan<{ readonly units: readonly UnitId[]; readonly amountMinor: number }> {
  if (['PENDING', 'CANCELLED', 'REFUNDED'].includes(statusOf(state)) || state.capturedMinor === 0 || leftOf(state) <= 0)
    return { refused: 'state_refuses' };
  const chosen = 'units' in wanted ? choose(state, wanted.units, refundable) : { units: [] };
  if ('refused' in chosen) return chosen;
  const amountMinor = 'units' in wanted ? worth(state, chosen.units) : wanted.amountMinor;
  if (amountMinor > leftOf(state)) return { refused: 'over_limit', data: { leftMinor: leftOf(state) } };
  return { units: chosen.units, amountMinor };
}
