'use client';
import { useState } from 'react';
import type { Span } from '../../server/kernel/units.ts';
import type { OrderPage } from '../../server/views/order.ts';
import type { LineView } from '../../server/views/order-lines.ts';
import { QuantityInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import { orderFacts } from './order-facts.ts';

/** A line with how many of its units may be chosen. */
export interface ChoosableLine {
  readonly line: LineView;
  readonly max: number;
}

/** How many units of each line pass a rule. Lines without any are left out. */
export function choosable(page: OrderPage, eligible: (span: Span) => boolean): ChoosableLine[] {
  const spans = orderFacts(page).spans.filter(eligible);
  return page.lines
    .map((line) => ({
      line,
      max: spans.filter((span) => span.lineId === line.id).reduce((sum, span) => sum + span.to - span.from + 1, 0),
    }))
    .filter(({ max }) => max > 0);
}

/**
 * Quantities by line id; what was not touched is all of it. Shipping and fees go along with the last of the goods: who takes one unit
 * of three leaves them alone, unless they are chosen too.
 */
export function useUnits(lines: readonly ChoosableLine[]) {
  const { t } = useMessages();
  const [chosen, setChosen] = useState<Readonly<Record<string, number | null>>>({});
  const allGoods = lines.every(({ line, max }) => line.kind !== 'item' || (chosen[line.id] ?? max) === max);
  const of = ({ line, max }: ChoosableLine) => {
    const value = chosen[line.id];
    if (value !== undefined) return value;
    return line.kind === 'item' || allGoods ? max : 0;
  };
  const units = lines.flatMap((each) => {
    const quantity = of(each) ?? 0;
    return quantity > 0 ? [{ lineId: each.line.id, quantity }] : [];
  });
  const valid = lines.every((each) => {
    const quantity = of(each);
    return quantity !== null && quantity >= 0 && quantity <= each.max;
  });
  const everything = valid && lines.every((each) => of(each) === each.max);
  return {
    of,
    set: (lineId: string, quantity: number | null) => setChosen((before) => ({ ...before, [lineId]: quantity })),
    /** What to send: nothing where everything is meant, so that units that arrive meanwhile are meant too. */
    selection: everything ? undefined : units,
    /** Why these cannot be sent; null where they can. */
    problem: units.length === 0 ? t('actions.nothingChosen') : valid ? null : t('actions.checkUnits'),
  };
}

/** What a line is called where there is no room for its code and its name: "NL-0001", "Shipping: Standard". */
export function useLineName(): (line: Pick<LineView, 'kind' | 'skuCode' | 'name'>) => string {
  const { t } = useMessages();
  return ({ kind, skuCode, name }) =>
    skuCode ?? (kind === 'item' ? name : t('orders.lineNamed', { kind: t(`orders.lineKind.${kind}`), name }));
}

/** One stepper per line. */
export function UnitFields({ lines, units }: { lines: readonly ChoosableLine[]; units: ReturnType<typeof useUnits> }) {
  const { t } = useMessages();
  const nameOf = useLineName();
  return lines.map((each) => (
    <QuantityInput
      key={each.line.id}
      label={t('actions.unitsOf', { name: nameOf(each.line), max: each.max })}
      value={units.of(each)}
      max={each.max}
      onChange={(quantity) => units.set(each.line.id, quantity)}
    />
  ));
}
