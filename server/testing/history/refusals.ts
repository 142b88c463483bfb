import { availableOf } from './account-model.ts';
import type { History, Operation, Outcome, Request } from './history.ts';
import { type Plan, planCancel, planRefund, planShip } from './order-plans.ts';
import type { OrderState } from './order-state.ts';
import type { Replayed } from './replayed.ts';
import { free } from './stock-model.ts';
import { statesWithin, type Timeline } from './timeline.ts';

type Refusal = Extract<Outcome, { readonly is: 'refused' }>;
type Of<K extends Request['kind']> = Extract<Request, { readonly kind: K }>;

/**
 * Whether the model would have refused so at some moment between question and answer. What a refusal says is a reading: so many are
 * left, so much is on hand. Null where it is right, or a sentence.
 */
export function unreasonable(operation: Operation, refusal: Refusal, replayed: Replayed, history: History): string | null {
  const span = replayed.spans.get(operation.id);
  if (!span) return 'It was never sent.';
  const within = <S, C>(timelines: ReadonlyMap<string, Timeline<S, C>>, object: string): readonly S[] => {
    const timeline = timelines.get(object);
    return timeline ? statesWithin(timeline, replayed.spans, span) : [];
  };
  const { request } = operation;
  switch (request.kind) {
    case 'place':
      return outOfStock(request, refusal, (sku) => within(replayed.supply, `supply:${sku}`).map(free));
    case 'cancel':
      return byPlan(refusal, within(replayed.orders, `order:${request.order}`), (state) => planCancel(state, request.units));
    case 'ship': {
      if (refusal.code === 'over_limit' && 'onHand' in refusal.data)
        return [...replayed.nodes.keys()].some((object) =>
          within(replayed.nodes, object).some((node) => node.onHand === refusal.data.onHand && node.allocated > node.onHand),
        )
          ? null
          : `No node had only ${refusal.data.onHand} of what was allocated there.`;
      return byPlan(refusal, within(replayed.orders, `order:${request.order}`), (state) => planShip(state, request.units));
    }
    case 'refund':
      return byPlan(refusal, within(replayed.orders, `order:${request.order}`), (state) => planRefund(state, request.of));
    case 'adjust':
    case 'count':
      return notOnHand(
        request,
        refusal,
        within(replayed.nodes, `node:${request.sku}@${request.node}`).map((node) => node.onHand),
      );
    case 'transfer': {
      const object = `account:${request.debit}`;
      const traits = history.books.traits[object];
      // An account is made when it is first used: until then it holds nothing.
      const had = replayed.accounts.has(object)
        ? within(replayed.accounts, object).map((state) =>
            traits?.limited ? availableOf(state, traits) : Number.POSITIVE_INFINITY,
          )
        : [0];
      const short = had.some((available) => available < request.amountMinor);
      return refusal.code === 'insufficient_funds' && short ? null : `It had ${had.join()}.`;
    }
  }
}

/** Every SKU that is named fell short at a moment, by what is said of it; every other one was there at a moment. */
function outOfStock(request: Of<'place'>, refusal: Refusal, freeOf: (sku: string) => readonly number[]): string | null {
  if (refusal.code !== 'out_of_stock') return `Nothing refuses an order as ${refusal.code}.`;
  const named = refusal.data.skus as readonly { readonly sku: string; readonly requested: number; readonly available: number }[];
  for (const { sku, quantity } of request.lines) {
    const said = named.find((one) => one.sku === sku);
    const had = freeOf(sku);
    if (said && (said.requested !== quantity || said.available >= quantity || !had.includes(said.available)))
      return `${sku}: ${quantity} asked for, ${said.available} said to be left; it had ${had.join()}.`;
    if (!said && !had.some((units) => units >= quantity)) return `${sku} fell short too and is not named.`;
  }
  return named.length > 0 ? null : 'No SKU is named.';
}

function byPlan(refusal: Refusal, states: readonly OrderState[], plan: (state: OrderState) => Plan<object>): string | null {
  const plans = states.map(plan);
  const fits = plans.some(
    (planned) =>
      'refused' in planned &&
      planned.refused === refusal.code &&
      Object.entries(planned.data ?? {}).every(([name, value]) => refusal.data[name] === value),
  );
  return fits ? null : `The model says ${JSON.stringify(plans)}.`;
}

function notOnHand(request: Of<'adjust'> | Of<'count'>, refusal: Refusal, had: readonly number[]): string | null {
  const said = refusal.data.onHand as number;
  const reason =
    request.kind === 'adjust'
      ? refusal.code === 'over_limit' && said + request.delta < 0
      : refusal.code === 'conflict' && said !== request.expected;
  return reason && had.includes(said) ? null : `${said} are said to be on hand; it had ${had.join()}.`;
}
