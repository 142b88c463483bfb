import * as backorders from '../domains/backorders/service.ts';
import * as claims from '../domains/claims/service.ts';
import * as disputes from '../domains/disputes/service.ts';
import { EDIT_SAGA, skusOf } from '../domains/edits/rules.ts';
import * as edits from '../domains/edits/service.ts';
import * as fulfilment from '../domains/fulfilment/service.ts';
import * as giftCards from '../domains/gift-cards/service.ts';
import * as inventory from '../domains/inventory/service.ts';
import { planTransfers } from '../domains/ledger/rules.ts';
import type { TransferSpec } from '../domains/ledger/schema.ts';
import { type AccountRef, chart } from '../domains/ledger/schema.ts';
import * as ledger from '../domains/ledger/service.ts';
import * as lots from '../domains/lots/service.ts';
import * as nodes from '../domains/nodes/service.ts';
import type { OrderEvent } from '../domains/orders/rules.ts';
import * as orders from '../domains/orders/service.ts';
import { deriveOrderPayment, isOpen, type Payment } from '../domains/payments/rules.ts';
import * as payments from '../domains/payments/service.ts';
import * as pickups from '../domains/pickups/service.ts';
import { isOnItsWay } from '../domains/refunds/rules.ts';
import * as refunds from '../domains/refunds/service.ts';
import * as returns from '../domains/returns/service.ts';
import * as routing from '../domains/routing/service.ts';
import * as storeCredit from '../domains/store-credit/service.ts';
import type { Ctx } from '../kernel/context.ts';
import { DomainError } from '../kernel/errors.ts';
import type { EventType } from '../kernel/events.ts';
import { giveBackNumbers, NUMBER_LETTERS, type NumberKind, takeNumbers } from '../platform/counters.ts';
import type { Tx } from '../platform/db.ts';
import { emit, job, newOutbox, type Outbox, writeOutbox } from '../platform/outbox.ts';
import type { Saga, SagaBirth } from '../platform/saga.ts';
import { lockSagas, type SagasState, startSaga, wakeSaga, writeSagas } from '../platform/saga-rows.ts';
import { together } from '../platform/together.ts';
import type { Locked } from '../platform/verb.ts';
import { holdDisputed, isDisputed } from './disputes/hold-disputed.ts';
import { movedUnits } from './moved-units.ts';
import { accountsOf, creditsOf, lossesOf, walletsOf } from './order-accounts.ts';
import { configsOf, countedNodes } from './routing/config.ts';
import { openWalletsOf, someNode, weigh } from './world-reads.ts';

/**
 * The locked world of a batch: every row that its orders, their stock and their money may need, locked in the one order. Flows plan
 * and apply on it in memory; `writeWorld` writes what changed with one statement per table.
 */
export interface World extends Locked {
  readonly home: string;
  readonly now: Date;
  readonly orders: orders.OrdersState;
  readonly sagas: SagasState;
  readonly payments: payments.PaymentsState;
  readonly refunds: refunds.RefundsState;
  readonly fulfilment: fulfilment.FulfilmentState;
  /** What partners were asked to send. */
  readonly requests: nodes.RequestsState;
  /** Orders that their customers fetch. */
  readonly pickups: pickups.PickupsState;
  readonly inventory: inventory.InventoryState;
  /** Of goods that are tracked by lot. */
  readonly lots: lots.LotsState;
  /** What waits of the orders. */
  readonly backorders: backorders.BackordersState;
  readonly routing: routing.RoutingState;
  /** Claims against carriers, of the orders of `claimsOf`. */
  readonly claims: claims.ClaimsState;
  /** What customers send back of the orders: of those of `returnsOf`, and of those whose units are in a return. */
  readonly returns: returns.ReturnsState;
  /** Changes of the orders' lines: of the orders of `editsOf`, and of those where one is under way. */
  readonly edits: edits.EditsState;
  /** What banks ask about, or take back, of the orders: of those of `disputesOf`, and of those of whose money some is disputed. */
  readonly disputes: disputes.DisputesState;
  readonly ledger: ledger.LedgerState;
  /** The gift cards and store credits whose accounts are locked. */
  readonly giftCards: giftCards.GiftCardsState;
  readonly storeCredit: storeCredit.StoreCreditState;
  /** The accounts of open wallets among the orders' tenders. */
  readonly openWallets: ReadonlySet<string>;
  readonly outbox: Outbox;
  readonly numbers: Map<NumberKind, { next: number; left: number }>;
  /** Whether a payment provider captures one authorization in several parts. */
  readonly multicapture: (provider: string) => boolean;
  /** Grams of a unit by SKU, 0 where the catalogue does not know: of the goods of `weightsOf`. */
  readonly weights: ReadonlyMap<string, number>;
}

export interface Needs {
  readonly orderIds: readonly string[];
  /** What may be promised of the orders' SKUs. */
  readonly supply?: boolean;
  /** What is at the nodes, and the nodes themselves. */
  readonly stock?: boolean;
  readonly ledger?: boolean;
  /** Ledger accounts that exist, by id. */
  readonly accountIds?: readonly string[];
  /** Accounts to lock beside those of the orders, */
  readonly accounts?: readonly AccountRef[];
  /** and which of them are gift cards' and store credits'. */
  readonly giftCards?: readonly string[];
  readonly storeCredits?: readonly string[];
  /** Holds to lock beside those of the orders. */
  readonly holds?: readonly string[];
  /** The nodes of the orders' merchants, without stock. */
  readonly nodes?: boolean;
  /** Units will be given to nodes: what those with a capacity took today is counted under a lock. */
  readonly allocates?: boolean;
  /** What partners were asked to send. Read without asking where the merchants' nodes are read and a partner has one. */
  readonly requests?: boolean;
  /** The orders' pick-ups. Read without asking where the merchants' nodes are read and customers fetch at one. */
  readonly pickups?: boolean;
  /** Whose goods to lock, where not every order's: their stock at the nodes, */
  readonly goodsOf?: ReadonlySet<string>;
  /** and of which of them also what may be promised; of all where absent. */
  readonly supplyOf?: ReadonlySet<string>;
  /** Whose goods will be weighed. */
  readonly weightsOf?: ReadonlySet<string>;
  /** SKUs to lock beside those of the orders. */
  readonly skus?: readonly { skuId: string; merchantId: string }[];
  readonly createStock?: readonly NewStock[] | ((found: readonly orders.Order[]) => readonly NewStock[]);
  /** Whose claims against carriers are asked for. */
  readonly claimsOf?: ReadonlySet<string>;
  /** Whose returns are asked for. Read without asking where units are in one. */
  readonly returnsOf?: ReadonlySet<string>;
  /** Whose edits are asked for. Read without asking where one is under way. */
  readonly editsOf?: ReadonlySet<string>;
  /** Whose disputes are asked for. Read without asking where some of the money is disputed, or the order is held for one. */
  readonly disputesOf?: ReadonlySet<string>;
  /** Whose files go with an answer. */
  readonly evidenceOf?: ReadonlySet<string>;
  readonly multicapture?: (provider: string) => boolean;
  /**
   * How many numbers of each kind the batch may give out, as a count or from the locked orders; what is left over goes back. Their
   * counter is one row for the whole home: a batch that needs none leaves it alone.
   */
  readonly numbers?: Partial<Record<NumberKind, number | ((found: readonly orders.Order[]) => number)>>;
}

interface NewStock {
  readonly skuId: string;
  readonly nodeId: string;
  readonly merchantId: string;
}

/** Locks what a batch needs, in the one order. An id without an order is left out; `orderOf` refuses it. */
export async function lockWorld(tx: Tx, needs: Needs, ctx: Ctx): Promise<World> {
  const ids = [...new Set(needs.orderIds)];
  const lockedOrders = await orders.lock(tx, ids);
  const found = [...lockedOrders.byId.values()];
  const sagas = await lockSagas(tx, ids);
  const editing = [...sagas.byId.values()].filter((saga) => saga.kind === EDIT_SAGA).map((saga) => saga.orderId);
  const loadedEdits = await edits.load(tx, [...new Set([...editing, ...(needs.editsOf ?? [])])]);
  const lockedPayments = await payments.lock(tx, ids);
  const loadedRefunds = await refunds.load(tx, ids);
  const waiting = await backorders.load(
    tx,
    found.filter((order) => order.spans.some((span) => span.state === 'backordered')).map((order) => order.row.id),
  );
  const loadedFulfilment = await fulfilment.load(tx, ids);
  if (needs.stock || needs.nodes)
    await fulfilment.loadNodes(
      tx,
      loadedFulfilment,
      found.map((order) => order.row.merchantId),
    );
  const asked = needs.requests || someNode(loadedFulfilment, (traits) => traits.partner !== null);
  const requests = asked ? await nodes.load(tx, [...lockedOrders.byId.keys()]) : nodes.noRequests();
  const fetched = needs.pickups || someNode(loadedFulfilment, (traits) => traits.collectHere);
  const loadedPickups = fetched ? await pickups.load(tx, [...lockedOrders.byId.keys()]) : pickups.noPickups();
  const ownSkus = found
    .filter((order) => needs.goodsOf?.has(order.row.id) ?? true)
    .flatMap(({ row, lines }) =>
      lines
        .flatMap((line) =>
          line.stocked && line.skuId ? [{ orderId: row.id, skuId: line.skuId, merchantId: row.merchantId }] : [],
        )
        .concat(skusOf(edits.waiting(loadedEdits, row.id))),
    );
  const skus = [...(needs.skus ?? []), ...ownSkus];
  const promisable = [...(needs.skus ?? []), ...ownSkus.filter((sku) => needs.supplyOf?.has(sku.orderId) ?? true)];
  const lockedInventory = await inventory.lock(tx, {
    region: ctx.home,
    supply: needs.supply ? promisable : [],
    stock: needs.stock ? skus.map((sku) => sku.skuId) : [],
    ...(needs.createStock
      ? { create: typeof needs.createStock === 'function' ? needs.createStock(found) : needs.createStock }
      : {}),
  });
  const lockedRouting = routing.newRouting(await configsOf(tx, loadedFulfilment.nodes));
  if (needs.allocates) {
    const giving = found.filter((order) => needs.goodsOf?.has(order.row.id) ?? true).map((order) => order.row.merchantId);
    await routing.lockCapacity(tx, lockedRouting, countedNodes(lockedRouting.configs, giving, ctx.now));
  }
  const lockedLots = await lots.load(
    tx,
    [...lockedInventory.stock.values()].filter((stock) => stock.byLot),
  );
  const tendersOf = (order: orders.Order): Payment[] => payments.ofOrder(lockedPayments, order.row.id);
  const disputed = found.filter((order) => needs.disputesOf?.has(order.row.id) || isDisputed(order, tendersOf(order)));
  const loadedDisputes = await disputes.load(
    tx,
    disputed.map((order) => order.row.id),
    [...(needs.evidenceOf ?? NONE)],
  );
  const lockedLedger = await ledger.lock(tx, {
    home: ctx.home,
    now: ctx.now,
    accounts: [
      ...(needs.accounts ?? []),
      ...(needs.ledger ? found.flatMap((order) => accountsOf(order, tendersOf(order), loadedRefunds)) : []),
      ...(needs.ledger ? disputed.flatMap(lossesOf) : []),
    ],
    ...(needs.accountIds ? { ids: needs.accountIds } : {}),
    holds: [
      ...(needs.holds ?? []),
      ...(needs.ledger ? found.flatMap((order) => tendersOf(order).flatMap((p) => (p.holdId ? [p.holdId] : []))) : []),
    ],
  });
  // Read after their accounts are locked, which is what guards them. An order that is paid by card alone has none, and asks for none.
  const spent = needs.ledger ? found.flatMap(tendersOf) : [];
  const wallets = needs.ledger ? found.flatMap((order) => walletsOf(order, tendersOf(order), loadedRefunds)) : [];
  const lockedCards = await giftCards.load(tx, [
    ...(needs.giftCards ?? []),
    ...spent.flatMap((payment) => (payment.provider === 'gift_card' ? [payment.token as string] : [])),
  ]);
  const lockedCredit = await storeCredit.load(tx, [
    ...(needs.storeCredits ?? []),
    ...(needs.ledger ? found.flatMap((order) => creditsOf(order, tendersOf(order), loadedRefunds)) : []),
  ]);
  const numbers: World['numbers'] = new Map();
  for (const kind of [
    'order',
    'shipment',
    'refund',
    'pick_list',
    'manifest',
    'claim',
    'return',
    'transfer',
    'stock_count',
    'dispute',
  ] as const) {
    const wanted = needs.numbers?.[kind] ?? 0;
    const count = typeof wanted === 'number' ? wanted : wanted(found);
    if (count > 0) numbers.set(kind, { next: await takeNumbers(tx, ctx.home, kind, count), left: count });
  }
  return {
    applied: 0,
    home: ctx.home,
    now: ctx.now,
    orders: lockedOrders,
    sagas,
    payments: lockedPayments,
    refunds: loadedRefunds,
    fulfilment: loadedFulfilment,
    requests,
    pickups: loadedPickups,
    inventory: lockedInventory,
    lots: lockedLots,
    backorders: waiting,
    routing: lockedRouting,
    claims: await claims.load(tx, needs.claimsOf ?? NONE),
    returns: await returns.load(
      tx,
      found.filter((order) => hasReturns(order, needs.returnsOf)).map((order) => order.row.id),
    ),
    edits: loadedEdits,
    disputes: loadedDisputes,
    ledger: lockedLedger,
    giftCards: lockedCards,
    storeCredit: lockedCredit,
    openWallets: await openWalletsOf(tx, wallets),
    outbox: newOutbox(),
    numbers,
    multicapture: needs.multicapture ?? (() => false),
    weights: await weigh(tx, found, needs.weightsOf),
  };
}

const NONE: ReadonlySet<string> = new Set();
const hasReturns = ({ row, lines, spans }: orders.Order, asked: ReadonlySet<string> = NONE): boolean =>
  asked.has(row.id) || spans.some((span) => span.returnId) || lines.some((line) => line.returnId);

/** Writes what changed, one statement per table, and last what the batch tells the world. */
export async function writeWorld(tx: Tx, world: World): Promise<void> {
  if (world.lots.byPlace.size > 0) lots.settle(world.lots, movedUnits(world));
  const unused = [...world.numbers].filter(([, { left }]) => left > 0);
  await together(
    orders.write(tx, world.orders),
    writeSagas(tx, world.sagas),
    payments.write(tx, world.payments, world.now),
    refunds.write(tx, world.refunds),
    fulfilment.write(tx, world.fulfilment, world.now),
    claims.write(tx, world.claims),
    returns.write(tx, world.returns, world.home),
    edits.write(tx, world.edits),
    disputes.write(tx, world.disputes, world.home),
    nodes.write(tx, world.requests, world.now),
    pickups.write(tx, world.pickups, world.now),
    inventory.write(tx, world.inventory),
    lots.write(tx, world.lots),
    backorders.write(tx, world.backorders, waitingOrders(world)),
    routing.write(tx, world.routing),
    ledger.write(tx, world.ledger),
    giftCards.write(tx, world.giftCards),
    storeCredit.write(tx, world.storeCredit),
    ...unused.map(([kind, { left }]) => giveBackNumbers(tx, world.home, kind, left)),
    writeOutbox(tx, world.outbox),
  );
}

const waitingOrders = (world: World): backorders.WaitingOrder[] =>
  [...world.backorders.byOrder.keys()].flatMap((id) => {
    const order = world.orders.byId.get(id);
    return order ? [{ id, spans: order.spans, dirtyLines: order.dirtyLines }] : [];
  });

/** The order under its lock, or `not_found`. */
export function orderOf(world: World, orderId: string): orders.Order {
  const order = world.orders.byId.get(orderId);
  if (!order) throw new DomainError('not_found', 'There is no such order.');
  return order;
}

/** The next number of a kind, as people see it: EU-10432, EU-S10001. */
export function takeNumber(world: World, kind: NumberKind): string {
  const counter = world.numbers.get(kind);
  if (!counter || counter.left === 0) throw new Error(`No ${kind} number was reserved`);
  counter.left -= 1;
  return `${world.home}-${NUMBER_LETTERS[kind]}${counter.next++}`;
}

/** Says what happened to an order: its version goes up by one and the event carries it. */
export function tell(
  world: World,
  order: orders.Order,
  type: EventType,
  data: Record<string, unknown>,
  ctx: Ctx,
  cause: string | null = null,
): string {
  world.applied++;
  order.row.version += 1n;
  order.dirty = true;
  const { id, version, merchantId } = order.row;
  return emit(
    world.outbox,
    { aggregate: 'order', aggregateId: id, aggregateVersion: version, merchantId, type, data },
    ctx,
    cause,
  );
}

/** Settles status, payment status and the rest after a change to spans or money. */
export function settleOrder(world: World, order: orders.Order, event: OrderEvent | null, ctx: Ctx): void {
  const { row } = order;
  const tenders = payments.ofOrder(world.payments, row.id);
  row.authorizedMinor = tenders.reduce((sum, payment) => sum + payment.authorizedMinor, 0n);
  row.capturedMinor = tenders.reduce((sum, payment) => sum + payment.capturedMinor, 0n);
  row.refundedMinor = tenders.reduce((sum, payment) => sum + payment.refundedMinor, 0n);
  const moves =
    payments.operationsOf(world.payments, row.id).some(isOpen) ||
    tenders.some((payment) => payment.status === 'AUTHORIZED' || payment.status === 'PARTIALLY_CAPTURED') ||
    refunds.ofOrder(world.refunds, row.id).some(isOnItsWay);
  const waiting = backorders.ofOrder(world.backorders, row.id, order.spans);
  const preordered = waiting.length > 0 && waiting.every((part) => part.kind === 'preorder');
  const paymentStatus = deriveOrderPayment(tenders, orders.costMinor(order));
  if (world.disputes.byId.size > 0) holdDisputed(world.disputes, order);
  orders.settle(order, event, { paymentStatus, moves, preordered }, ctx);
}

/** Posts an order's transfers as one journal and keeps the order's own receivable in step. */
export function postFor(world: World, order: orders.Order, specs: readonly TransferSpec[], ctx: Ctx): void {
  if (specs.length === 0) return;
  const applied = ledger.post(world.ledger, planTransfers(world.ledger, specs, ctx.now), ctx);
  const receivable = ledger.accountId(chart.receivable(order.row.merchantId, order.row.currency).code);
  for (const transfer of applied) {
    if (transfer.phase !== 'single' && transfer.phase !== 'post') continue;
    if (transfer.debitAccount === receivable) order.row.receivableMinor += transfer.amountMinor;
    if (transfer.creditAccount === receivable) order.row.receivableMinor -= transfer.amountMinor;
  }
  order.dirty = true;
}

/** Starts a saga for an order and the job that runs it, at once or at `notBefore`. */
export function begin(
  world: World,
  definition: SagaBirth,
  order: orders.Order,
  options: { state?: Record<string, unknown>; deadline?: Date | null; notBefore?: Date },
  ctx: Ctx,
): Saga {
  const saga = startSaga(world.sagas, definition, { orderId: order.row.id, merchantId: order.row.merchantId, ...options }, ctx);
  const at = options.notBefore ? { runAt: options.notBefore, jobKey: `saga:${saga.id}` } : {};
  job(world.outbox, { task: 'advance-saga', payload: { sagaId: saga.id }, ...at });
  return saga;
}

/** Has a waiting saga look again at once. */
export function wake(world: World, saga: Saga, ctx: Ctx): void {
  if (wakeSaga(saga, ctx.now)) job(world.outbox, { task: 'advance-saga', payload: { sagaId: saga.id } });
}
