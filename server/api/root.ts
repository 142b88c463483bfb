import { approvalsRouter } from './approvals.ts';
import { auditRouter } from './audit.ts';
import { authRouter } from './auth.ts';
import { backordersRouter } from './backorders.ts';
import { channelsRouter } from './channels.ts';
import { countsRouter } from './counts.ts';
import { customersRouter } from './customers.ts';
import { disputesRouter } from './disputes.ts';
import { draftsRouter } from './drafts.ts';
import { editsRouter } from './edits.ts';
import { partnersRouter, pickupsRouter } from './fetching.ts';
import { giftCardsRouter } from './gift-cards.ts';
import { glRouter } from './gl.ts';
import { goodsRouter } from './goods.ts';
import { healthRouter } from './health-page.ts';
import { homeRouter } from './home.ts';
import { integrityRouter } from './integrity.ts';
import { invoicesRouter } from './invoices.ts';
import { jobsRouter } from './jobs.ts';
import { ledgerRouter } from './ledger.ts';
import { mailsRouter } from './mails.ts';
import { myOrdersRouter, trackingRouter } from './my-orders.ts';
import { ordersRouter } from './orders.ts';
import { manifestsRouter, parcelsRouter } from './parcels.ts';
import { payRouter } from './pay.ts';
import { paymentGatewaysRouter } from './payment-gateways.ts';
import { paymentsRouter, refundsRouter } from './payments.ts';
import { peopleRouter } from './people.ts';
import { PERMISSIONS, type PermissionRow } from './permissions.ts';
import { policiesRouter } from './policies.ts';
import { productsRouter } from './products.ts';
import { promisesRouter } from './promises.ts';
import { purchaseOrdersRouter } from './purchase-orders.ts';
import { payoutsRouter, railsRouter } from './rails.ts';
import { reconciliationRouter } from './reconciliation.ts';
import { replenishmentRouter } from './replenishment.ts';
import { returnsRouter } from './returns.ts';
import { nodesRouter, routingRouter } from './routing.ts';
import { sagasRouter } from './sagas.ts';
import { searchRouter } from './search.ts';
import { shipmentsRouter } from './shipments.ts';
import { shippingMethodsRouter } from './shipping-methods.ts';
import { shopRouter } from './shop.ts';
import { simulatorsRouter } from './simulators.ts';
import { stockRouter } from './stock.ts';
import { stockFilesRouter } from './stock-files.ts';
import { stockPoliciesRouter } from './stock-policies.ts';
import { storeCreditRouter } from './store-credit.ts';
import { trafficRouter } from './traffic.ts';
import { transfersRouter } from './transfers.ts';
import { createCallerFactory, router } from './trpc.ts';
import { waitingRouter } from './waiting.ts';
import { walletRouter } from './wallet.ts';
import { walletsRouter } from './wallets.ts';

/** Every procedure there is: one router per noun. */
export const appRouter = router({
  approvals: approvalsRouter,
  audit: auditRouter,
  auth: authRouter,
  integrity: integrityRouter,
  jobs: jobsRouter,
  channels: channelsRouter,
  counts: countsRouter,
  customers: customersRouter,
  giftCards: giftCardsRouter,
  gl: glRouter,
  goods: goodsRouter,
  health: healthRouter,
  home: homeRouter,
  ledger: ledgerRouter,
  mails: mailsRouter,
  myOrders: myOrdersRouter,
  nodes: nodesRouter,
  routing: routingRouter,
  drafts: draftsRouter,
  orders: ordersRouter,
  pay: payRouter,
  traffic: trafficRouter,
  payments: paymentsRouter,
  people: peopleRouter,
  products: productsRouter,
  purchaseOrders: purchaseOrdersRouter,
  refunds: refundsRouter,
  edits: editsRouter,
  returns: returnsRouter,
  disputes: disputesRouter,
  paymentGateways: paymentGatewaysRouter,
  payouts: payoutsRouter,
  rails: railsRouter,
  reconciliation: reconciliationRouter,
  sagas: sagasRouter,
  search: searchRouter,
  shipments: shipmentsRouter,
  pickups: pickupsRouter,
  partners: partnersRouter,
  parcels: parcelsRouter,
  manifests: manifestsRouter,
  invoices: invoicesRouter,
  policies: policiesRouter,
  shippingMethods: shippingMethodsRouter,
  shop: shopRouter,
  simulators: simulatorsRouter,
  promises: promisesRouter,
  stock: stockRouter,
  stockPolicies: stockPoliciesRouter,
  stockFiles: stockFilesRouter,
  replenishment: replenishmentRouter,
  storeCredit: storeCreditRouter,
  tracking: trackingRouter,
  transfers: transfersRouter,
  backorders: backordersRouter,
  waiting: waitingRouter,
  wallet: walletRouter,
  wallets: walletsRouter,
});

export type AppRouter = typeof appRouter;

/** Calls procedures without HTTP: for tests and for server-side rendering. */
export const createCaller = createCallerFactory(appRouter);

type PathsOf<R> = {
  [K in keyof R & string]: R[K] extends { readonly _def: { readonly procedure: true } } ? K : `${K}.${PathsOf<R[K]>}`;
}[keyof R & string];

/** "orders.list" and so on. */
export type ProcedurePath = PathsOf<AppRouter['_def']['record']>;

// A procedure without a row does not compile; a row without a procedure fails permissions.test.ts.
PERMISSIONS satisfies Record<ProcedurePath, PermissionRow>;
