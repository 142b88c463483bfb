import { balanceOf } from './account-model.ts';
import type { AccountTraits, Answers, Entry, History, Operation, OrderChange, Request, UnitId } from './history.ts';
import { planCancel, planRefund, planShip } from './order-plans.ts';
import { type OrderState, statusOf, worth } from './order-state.ts';
import { around, type Effects, type Replayed } from './replayed.ts';

/** What the model answers at the point where an operation took effect; or how what happened differs from what was asked for. */
export type Expected =
  | { readonly answer: Partial<Answers[keyof Answers]> }
  | { readonly differs: string }
  | { readonly refused: string };

type Context = { readonly replayed: Replayed; readonly history: History; readonly effects: Effects };
type Of<K extends Request['kind']> = Extract<Request, { readonly kind: K }>;

export function expectedAnswer(operation: Operation, context: Context): Expected {
  const { request } = operation;
  switch (request.kind) {
    case 'place':
      return placed(request, context);
    case 'cancel':
      return cancelled(request, context);
    case 'ship':
      return shipped(request, context);
    case 'refund':
      return refunded(request, context);
    case 'adjust':
    case 'count':
      return adjusted(request, context);
    case 'transfer':
      return transferred(request, context);
  }
}

type EntryOf<T extends OrderChange['type']> = Entry<Extract<OrderChange, { readonly type: T }>>;
const ofType = <T extends OrderChange['type']>(effects: Effects, type: T): EntryOf<T>[] =>
  effects.orders.filter((entry): entry is EntryOf<T> => entry.change.type === type);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const sameUnits = (a: readonly UnitId[], b: readonly UnitId[]): boolean => [...a].sort().join() === [...b].sort().join();
const orderId = (entry: Entry<OrderChange>): string => entry.object.slice('order:'.length);

/** A price in millionths times a quantity, in cents, half up: in whole numbers, which doubles hold exactly. */
const priceOf = (micros: number, quantity: number): number => Math.floor((2 * micros * quantity + 10_000) / 20_000);

function placed(request: Of<'place'>, { effects, history }: Context): Expected {
  const [entry] = ofType(effects, 'placed');
  if (!entry) return { differs: 'no order was placed' };
  const { lines } = entry.change;
  const asked = request.lines.map((line) => ({
    ...line,
    netMinor: priceOf(history.prices[line.sku] ?? Number.NaN, line.quantity),
  }));
  const same = asked.every(({ sku, quantity, discountMinor, netMinor }, index) => {
    const line = lines[index];
    return line?.sku === sku && line.quantity === quantity && line.discountMinor === discountMinor && line.netMinor === netMinor;
  });
  if (!same || lines.length !== asked.length)
    return { differs: `asked for ${JSON.stringify(asked)}, placed ${JSON.stringify(lines)}` };
  for (const { sku, quantity } of asked) {
    const promises = effects.supply.filter((change) => change.object === `supply:${sku}` && change.change.kind === 'promise');
    if (sum(promises.map((promise) => promise.change.promised)) !== quantity)
      return { differs: `promised ${JSON.stringify(promises.map((promise) => promise.change))} of ${sku} for ${quantity}` };
  }
  const totals = asked.map((line) => line.netMinor - line.discountMinor);
  return {
    answer: {
      order: orderId(entry),
      status: 'PENDING',
      totalMinor: sum(totals),
      lines: lines.map(({ id, sku, quantity }, index) => ({ id, sku, quantity, totalMinor: totals[index] ?? Number.NaN })),
    },
  };
}

function stateAfter({ effects, replayed }: Context): OrderState | undefined {
  const last = effects.orders.at(-1);
  return last && around(replayed.orders, last).after;
}

function cancelled(request: Of<'cancel'>, context: Context): Expected {
  const { effects, replayed } = context;
  const [entry] = ofType(effects, 'cancelled');
  if (!entry) return { differs: 'nothing was cancelled' };
  if (orderId(entry) !== request.order) return { differs: `cancelled units of ${entry.object}` };
  const plan = planCancel(around(replayed.orders, entry).before, request.units);
  if ('refused' in plan) return plan;
  if (!sameUnits(plan.units, entry.change.units))
    return { differs: `cancelled ${entry.change.units.join()} instead of ${plan.units.join()}` };
  const [refund] = ofType(effects, 'refund asked');
  if ((refund?.change.amountMinor ?? 0) !== plan.refundMinor)
    return { differs: `gives back ${refund?.change.amountMinor ?? 0} instead of ${plan.refundMinor}` };
  const after = stateAfter(context);
  return {
    answer: {
      status: after ? statusOf(after) : '',
      cancelledMinor: plan.valueMinor,
      refund: refund?.change.refund ?? null,
    },
  };
}

function shipped(request: Of<'ship'>, { effects, replayed }: Context): Expected {
  const parcels = ofType(effects, 'packed');
  const [first] = parcels;
  if (!first) return { differs: 'nothing was packed' };
  if (orderId(first) !== request.order) return { differs: `packed units of ${first.object}` };
  const { before } = around(replayed.orders, first);
  const plan = planShip(before, request.units);
  if ('refused' in plan) return plan;
  const units = parcels.flatMap((parcel) => parcel.change.units);
  if (!sameUnits(plan.units, units)) return { differs: `packed ${units.join()} instead of ${plan.units.join()}` };
  return {
    answer: {
      shipments: parcels.map(({ change }) => ({ id: change.shipment, valueMinor: worth(before, change.units) })),
    },
  };
}

function refunded(request: Of<'refund'>, { effects, replayed }: Context): Expected {
  const [entry] = ofType(effects, 'refund asked');
  if (!entry) return { differs: 'no refund was made' };
  if (orderId(entry) !== request.order) return { differs: `refunds ${entry.object}` };
  const plan = planRefund(around(replayed.orders, entry).before, request.of);
  if ('refused' in plan) return plan;
  const { refund, units, amountMinor, why } = entry.change;
  const goodwill = 'goodwill' in request.of && request.of.goodwill;
  if (!sameUnits(plan.units, units) || amountMinor !== plan.amountMinor || why !== (goodwill ? 'goodwill' : 'other'))
    return { differs: `refunds ${amountMinor} for ${units.join()} instead of ${plan.amountMinor} for ${plan.units.join()}` };
  return { answer: { refund, status: 'pending', amountMinor } };
}

function adjusted(request: Of<'adjust'> | Of<'count'>, { effects, replayed }: Context): Expected {
  const [entry] = effects.nodes;
  if (!entry) return { differs: 'nothing was adjusted' };
  if (entry.object !== `node:${request.sku}@${request.node}`) return { differs: `adjusted ${entry.object}` };
  const { before, after } = around(replayed.nodes, entry);
  const delta = request.kind === 'adjust' ? request.delta : request.counted - request.expected;
  if (request.kind === 'count' && before.onHand !== request.expected)
    return { refused: `conflict: ${before.onHand} were on hand` };
  if (before.onHand + delta < 0) return { refused: `over_limit: ${before.onHand} were on hand` };
  if (entry.change.onHand !== delta) return { differs: `on hand changed by ${entry.change.onHand} instead of ${delta}` };
  const [supply] = effects.supply;
  // A count that agrees touches no supply: which shortfall it saw is not on record.
  const shortfall = supply ? { shortfall: around(replayed.supply, supply).after.shortfall } : {};
  return { answer: { onHand: after.onHand, delta, short: after.short, ...shortfall } };
}

function transferred(request: Of<'transfer'>, { effects, replayed, history }: Context): Expected {
  const [debit, credit] = (['debit', 'credit'] as const).map((side) =>
    effects.accounts.find((entry) => entry.object === `account:${request[side]}` && entry.change.side === side),
  );
  if (!debit || !credit) return { differs: 'no money was moved between these accounts' };
  if (debit.change.amountMinor !== request.amountMinor || credit.change.amountMinor !== request.amountMinor)
    return { differs: `moved ${debit.change.amountMinor} instead of ${request.amountMinor}` };
  const balance = (entry: typeof debit): number =>
    balanceOf(around(replayed.accounts, entry).after, history.books.traits[entry.object] as AccountTraits);
  return { answer: { debitBalanceMinor: balance(debit), creditBalanceMinor: balance(credit) } };
}
