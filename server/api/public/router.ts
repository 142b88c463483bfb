import { createCallerFactory, router } from '../trpc.ts';
import { channelsRouter } from './channels.ts';
import { customersRouter } from './customers.ts';
import { disputesRouter } from './disputes.ts';
import { eventsRouter } from './events.ts';
import { giftCardsRouter } from './gift-cards.ts';
import { invoicesRouter } from './invoices.ts';
import { ledgerRouter } from './ledger.ts';
import { merchantRouter } from './merchant.ts';
import { nodesRouter } from './nodes.ts';
import type { OperationFacts, RestMeta } from './operation.ts';
import { orderEditsRouter } from './order-edits.ts';
import { ordersRouter } from './orders.ts';
import { manifestsRouter, parcelsRouter } from './parcels.ts';
import { paymentGatewaysRouter } from './payment-gateways.ts';
import { pickupsRouter } from './pickups.ts';
import { policiesRouter } from './policies.ts';
import { productsRouter } from './products.ts';
import { promisesRouter } from './promises.ts';
import { purchaseOrdersRouter } from './purchase-orders.ts';
import { quotesRouter } from './quotes.ts';
import { refundsRouter } from './refunds.ts';
import { reservationsRouter } from './reservations.ts';
import { returnsRouter } from './returns.ts';
import { routingRouter } from './routing.ts';
import { shipmentsRouter } from './shipments.ts';
import { stockRouter } from './stock.ts';
import { stockAlertsRouter } from './stock-alerts.ts';
import { stockCountsRouter } from './stock-counts.ts';
import { stockTransfersRouter } from './stock-transfers.ts';
import { storeCreditRouter } from './store-credit.ts';

/** Version 1 of the REST API. Served by `handler.ts` and by nothing else: the console has procedures of its own. */
export const restRouter = router({
  v1: router({
    customers: customersRouter,
    events: eventsRouter,
    invoices: invoicesRouter,
    ledger: ledgerRouter,
    giftCards: giftCardsRouter,
    merchant: merchantRouter,
    nodes: nodesRouter,
    routing: routingRouter,
    pickups: pickupsRouter,
    orders: ordersRouter,
    policies: policiesRouter,
    paymentGateways: paymentGatewaysRouter,
    orderEdits: orderEditsRouter,
    products: productsRouter,
    purchaseOrders: purchaseOrdersRouter,
    channels: channelsRouter,
    promises: promisesRouter,
    quotes: quotesRouter,
    refunds: refundsRouter,
    reservations: reservationsRouter,
    returns: returnsRouter,
    disputes: disputesRouter,
    shipments: shipmentsRouter,
    parcels: parcelsRouter,
    manifests: manifestsRouter,
    stock: stockRouter,
    stockAlerts: stockAlertsRouter,
    stockCounts: stockCountsRouter,
    stockTransfers: stockTransfersRouter,
    storeCredit: storeCreditRouter,
  }),
});

export const createRestCaller = createCallerFactory(restRouter);

/** One operation as it lies in the router. */
export interface RestOperation {
  /** "v1.orders.create": its row in the permission matrix. */
  readonly name: string;
  readonly facts: OperationFacts;
  readonly input: unknown;
}

interface Described {
  readonly _def: { readonly meta?: unknown; readonly inputs: readonly unknown[] };
}

/** Every procedure of the router with its facts. A procedure without facts is a mistake, and said. */
export const OPERATIONS: readonly RestOperation[] = Object.entries(restRouter._def.procedures as object).map(
  ([name, procedure]: [string, Described]) => {
    const meta = procedure._def.meta as Partial<RestMeta> | undefined;
    if (!meta?.rest) throw new Error(`The REST procedure ${name} says nothing of its method and path`);
    return { name, facts: meta.rest, input: procedure._def.inputs[0] };
  },
);
