import type pg from 'pg';
import type { DecideApprovalInput } from '../domains/approvals/schema.ts';
import type { SetBackorderPolicyInput } from '../domains/backorders/schema.ts';
import type { CreateSkuInput, EditSkuInput, ImportSkusInput } from '../domains/catalog/schema.ts';
import type { EditCustomerInput, NoteCustomerInput } from '../domains/customers/schema.ts';
import type { ShipmentUpdateInput, ShipOrderInput } from '../domains/fulfilment/schema.ts';
import type { ChangeGiftCardInput, IssueGiftCardInput } from '../domains/gift-cards/schema.ts';
import type { SaveGlAccountInput } from '../domains/gl/schema.ts';
import type { AdjustStockInput, SetChannelInput, SetSafetyInput } from '../domains/inventory/schema.ts';
import type { LinkMail, ResendInput } from '../domains/notifications/schema.ts';
import type {
  EditOrderInput,
  HoldInput,
  NoteInput,
  PlaceOrderInput,
  ReaddressOrderInput,
  ReshipOrderInput,
  TagInput,
} from '../domains/orders/schema.ts';
import type { FinishPickingInput, StartPickingInput } from '../domains/picking/schema.ts';
import type { HandOverInput, MakeReadyInput } from '../domains/pickups/schema.ts';
import type { CreateQuoteInput } from '../domains/quotes/schema.ts';
import type { RedirectLegInput, RefundOrderInput } from '../domains/refunds/schema.ts';
import type { SaveShippingMethodInput } from '../domains/shipping/schema.ts';
import type { ChangeStoreCreditInput, IssueStoreCreditInput } from '../domains/store-credit/schema.ts';
import { rateTableProvider } from '../domains/taxes/service.ts';
import type { Ctx } from '../kernel/context.ts';
import type { LaneOptions } from '../platform/lane.ts';
import { dropSagaJobs, type Outbox } from '../platform/outbox.ts';
import type { StoredEvent } from '../platform/stored-events.ts';
import { type Call, createVerb, type Locked, type Verb } from '../platform/verb.ts';
import { type AdjustedStock, adjustStock } from './adjust-stock.ts';
import { createSagaRunner } from './advance-saga.ts';
import { type AnnotatedOrder, holdOrder, type NotedOrder, noteOrder, releaseOrder, tagOrder } from './annotate-order.ts';
import { type AcceptDateInput, type AcceptedDate, acceptDate } from './backorders/accept-date.ts';
import { type CancelledWaiting, type CancelWaitingInput, cancelWaiting } from './backorders/cancel-waiting.ts';
import { moveDates } from './backorders/move-dates.ts';
import { type OfferedCard, type PayAgainInput, payAgain } from './backorders/pay-again.ts';
import { type Reviewed, reviewBackorders } from './backorders/review.ts';
import { type SetPolicy, setBackorderPolicy } from './backorders/set-policy.ts';
import { type CancelledOrder, type CancelWish, cancelOrder } from './cancel-order.ts';
import { type CaptureOrderInput, type CapturingOrder, captureOrder } from './capture-order.ts';
import { type ChannelFlows, createChannelFlows } from './channels/channel-flows.ts';
import { type CheckoutFlows, createCheckoutFlows } from './checkouts/checkout-flows.ts';
import { type CreatedQuote, createQuote, readTaxes } from './create-quote.ts';
import { type DecidedApproval, decideApproval } from './decide-approval.ts';
import { createDisputeFlows, type DisputeFlows } from './disputes/dispute-flows.ts';
import { type EditedCustomer, editCustomer } from './edit-customer.ts';
import { type EditedOrder, editOrder } from './edit-order.ts';
import { createSku, type EditedSku, editSku } from './edit-sku.ts';
import { createEditFlows, type EditFlows } from './edits/edit-flows.ts';
import { expireApprovals } from './expire-approvals.ts';
import { type ImportedSkus, type ImportPreview, importSkus, previewImport, readImport } from './import-skus.ts';
import { createInvoiceFlows, type InvoiceFlows } from './invoices/invoice-flows.ts';
import { createLedgerFlows, type LedgerFlows } from './ledger/ledger-flows.ts';
import { mailLink } from './mail-link.ts';
import { markAccounts } from './mark-accounts.ts';
import {
  type CannedMessages,
  cannedMessages,
  type MessageInput,
  type MessagePreview,
  messageCustomer,
  previewMessage,
  type SentMessage,
} from './message-customer.ts';
import { type NotedCustomer, noteCustomer } from './note-customer.ts';
import { notifyCustomers } from './notify-customer.ts';
import { type OperatedSaga, type OperateSagaInput, operateSaga } from './operate-saga.ts';
import { createOrderPreviews, type OrderPreviews } from './order-previews.ts';
import type { Outside } from './outside.ts';
import { createParcelFlows, type ParcelFlows } from './parcels/parcel-flows.ts';
import { lookAgain, type OrderNews } from './payments/late-news.ts';
import { type RecordedPayment, type RecordPaymentInput, recordPayment } from './payments/record-payment.ts';
import { type FinishedRound, finishPicking, type StartedRound, startPicking } from './pick-orders.ts';
import { type AttendedPickup, attendPickup, attendPickups } from './pickups/give-back.ts';
import { type HandedOver, handOver } from './pickups/hand-over.ts';
import { makeReady, type ReadyPickup } from './pickups/make-ready.ts';
import { placeOrder } from './place-order.ts';
import type { PlacedOrder } from './placed-order.ts';
import { createPolicyFlows, type PolicyFlows } from './policies/policy-flows.ts';
import { createRailsFlows, type RailsFlows } from './rails/rails-flows.ts';
import { type ReaddressedOrder, readdressOrder } from './readdress-order.ts';
import { createReconciliationFlows, type ReconciliationFlows } from './reconciliation/reconciliation-flows.ts';
import { type RedirectedLeg, redirectRefund } from './redirect-refund.ts';
import { type RequestedRefund, refundOrder } from './refund-order.ts';
import { type ResentNotice, resendNotice } from './resend-notice.ts';
import { createReservationFlows, type ReservationFlows } from './reservations/reservation-flows.ts';
import { type ReshippedOrder, reshipOrder } from './reship-order.ts';
import { type RetriedLetters, type RetryDeliveriesInput, type RetryJobsInput, retryDeliveries, retryJobs } from './retry-jobs.ts';
import { createReturnFlows, type ReturnFlows } from './returns/return-flows.ts';
import { createRouter } from './routing/router.ts';
import { createRoutingFlows, type RoutingFlows } from './routing/routing-flows.ts';
import { type SavedGlAccount, saveGlAccount } from './save-gl-account.ts';
import { type SavedShippingMethod, saveShippingMethod } from './save-shipping-method.ts';
import { createNoticeSender, type MailDesk } from './send-notices.ts';
import { type PaymentGateways, type SetPaymentGatewaysInput, setPaymentGateways } from './set-payment-gateways.ts';
import { type ChannelSet, type SafetySet, setChannel, setSafety } from './set-supply-rules.ts';
import { type ShippingOrder, shipOrder } from './ship-order.ts';
import { createStockFlows, type StockFlows } from './stock-work/stock-flows.ts';
import { type ChangedGiftCard, changeGiftCard } from './tenders/change-gift-card.ts';
import { type ChangedStoreCredit, changeStoreCredit } from './tenders/change-store-credit.ts';
import { expireGiftCards } from './tenders/expire-gift-cards.ts';
import { type IssuedWithCode, issueGiftCard, issuing } from './tenders/issue-gift-card.ts';
import { type IssuedStoreCredit, issueStoreCredit } from './tenders/issue-store-credit.ts';
import { type UndoCancelInput, type Undone, type UndoRefundInput, undoCancel, undoRefund } from './undo.ts';
import { type UpdatedShipment, updateShipment } from './update-shipment.ts';
import { wakeSagas, wakeWaitingFor } from './wake-sagas.ts';
import { createWalletFlows, type WalletFlows } from './wallets/wallet-flows.ts';

/** What the house can do. Every call is idempotent under its key for its caller. */
export interface Flows extends OrderPreviews {
  /** What becomes of parcels: labels, manifests, claims, what comes back. */
  readonly parcels: ParcelFlows;
  /** What customers send back after a delivery. */
  readonly returns: ReturnFlows;
  /** Orders that change before their goods leave. */
  readonly edits: EditFlows;
  /** How merchants do business: versions with the day they count from. */
  readonly policies: PolicyFlows;
  readonly createQuote: Call<CreateQuoteInput, CreatedQuote>;
  /** Our stock at channels that sell it elsewhere. */
  readonly channels: ChannelFlows;
  /** What cardholders' banks ask about, and take back. */
  readonly disputes: DisputeFlows;
  /** From the cart, or an agent's draft, to an order that is paid. */
  readonly checkouts: CheckoutFlows;
  /** Customers' money with the platform. */
  readonly wallets: WalletFlows;
  readonly reconciliation: ReconciliationFlows;
  /** Transfers between accounts, and the accounts themselves. */
  readonly ledger: LedgerFlows;
  readonly rails: RailsFlows;
  /** What is bought, received, moved between nodes and counted. */
  readonly stockWork: StockFlows;
  /** Where orders are sent from. */
  readonly routing: RoutingFlows;
  /** Units promised to carts for a while. */
  readonly reservations: ReservationFlows;
  readonly placeOrder: Call<PlaceOrderInput, PlacedOrder>;
  readonly cancelOrder: Call<CancelWish, CancelledOrder>;
  /** Takes an order's money before anything of it leaves. */
  readonly captureOrder: Call<CaptureOrderInput, CapturingOrder>;
  readonly refundOrder: Call<RefundOrderInput, RequestedRefund>;
  /** Take an undoable cancel or refund back, while nothing has left the house. */
  readonly undoCancel: Call<UndoCancelInput, Undone>;
  readonly undoRefund: Call<UndoRefundInput, Undone>;
  /** Says where a part of a refund goes that its tender does not take. */
  readonly redirectRefund: Call<RedirectLegInput, RedirectedLeg>;
  readonly readdressOrder: Call<ReaddressOrderInput, ReaddressedOrder>;
  readonly reshipOrder: Call<ReshipOrderInput, ReshippedOrder>;
  readonly shipOrder: Call<ShipOrderInput, ShippingOrder>;
  /** Sends somebody through the warehouse for several orders' units. */
  readonly startPicking: Call<StartPickingInput, StartedRound>;
  readonly finishPicking: Call<FinishPickingInput, FinishedRound>;
  /** An order that is fetched: its customer is told to come, and takes it over the counter. */
  readonly makePickupReady: Call<MakeReadyInput, ReadyPickup>;
  readonly handOverPickup: Call<HandOverInput, HandedOver>;
  /** Reminds those who do not come, and gives their orders back; what a job does. */
  attendPickups(ctx: Ctx): Promise<number>;
  readonly updateShipment: Call<ShipmentUpdateInput, UpdatedShipment>;
  readonly noteOrder: Call<NoteInput, NotedOrder>;
  readonly tagOrder: Call<TagInput, AnnotatedOrder>;
  readonly editOrder: Call<EditOrderInput, EditedOrder>;
  readonly holdOrder: Call<HoldInput, AnnotatedOrder>;
  readonly releaseOrder: Call<HoldInput, AnnotatedOrder>;
  readonly decideApproval: Call<DecideApprovalInput, DecidedApproval>;
  readonly adjustStock: Call<AdjustStockInput, AdjustedStock>;
  /** Says what may be sold of a SKU beyond its stock. */
  readonly setBackorderPolicy: Call<SetBackorderPolicyInput, SetPolicy>;
  readonly setSafety: Call<SetSafetyInput, SafetySet>;
  readonly setChannel: Call<SetChannelInput, ChannelSet>;
  /** A customer whose bank does not hold the money any more offers a card. */
  readonly payAgain: Call<PayAgainInput, OfferedCard>;
  /** A customer agrees to a later day, or does not want to wait. */
  readonly acceptDate: Call<AcceptDateInput, AcceptedDate>;
  readonly cancelWaiting: Call<CancelWaitingInput, CancelledWaiting>;
  /** Promises waiting units of these SKUs for the days that are announced now. Returns how many orders were told. */
  moveDates(skuIds: readonly string[], ctx: Ctx): Promise<number>;
  /** What the clock changes of selling beyond stock; what a job does. */
  reviewBackorders(ctx: Ctx): Promise<Reviewed>;
  readonly createSku: Call<CreateSkuInput, EditedSku>;
  readonly editSku: Call<EditSkuInput, EditedSku>;
  readonly saveGlAccount: Call<SaveGlAccountInput, SavedGlAccount>;
  readonly invoices: InvoiceFlows;
  readonly saveShippingMethod: Call<SaveShippingMethodInput, SavedShippingMethod>;
  /** A person says what happened to money that no provider tells of. */
  readonly recordPayment: Call<RecordPaymentInput, RecordedPayment>;
  readonly setPaymentGateways: Call<SetPaymentGatewaysInput, PaymentGateways>;
  readonly importSkus: Call<ImportSkusInput, ImportedSkus>;
  readonly editCustomer: Call<EditCustomerInput, EditedCustomer>;
  readonly noteCustomer: Call<NoteCustomerInput, NotedCustomer>;
  /** Retry, skip or compensate a saga that needs a person. */
  readonly operateSaga: Call<OperateSagaInput, OperatedSaga>;
  /** Try dead letters again. */
  readonly retryJobs: Call<RetryJobsInput, RetriedLetters>;
  readonly retryDeliveries: Call<RetryDeliveriesInput, RetriedLetters>;
  /** Gift cards and store credit: what a merchant owes whoever has a code, or a customer. */
  readonly issueGiftCard: Call<IssueGiftCardInput, IssuedWithCode>;
  readonly changeGiftCard: Call<ChangeGiftCardInput, ChangedGiftCard>;
  readonly issueStoreCredit: Call<IssueStoreCreditInput, IssuedStoreCredit>;
  readonly changeStoreCredit: Call<ChangeStoreCreditInput, ChangedStoreCredit>;
  /** Write to a customer about an order. */
  readonly messageCustomer: Call<MessageInput, SentMessage>;
  /** Have a mail sent again. */
  readonly resendNotice: Call<ResendInput, ResentNotice>;
  /** What the verb would do, by the code that does it. Nothing is written. */
  previewImport(input: ImportSkusInput): Promise<ImportPreview>;
  previewMessage(input: MessageInput, ctx: Ctx): Promise<MessagePreview>;
  cannedMessages(orderId: string): Promise<CannedMessages>;
  /** Takes a saga as far as it goes; what a job does. */
  advanceSaga(sagaId: string, signal?: AbortSignal): Promise<void>;
  /** Has the waiting sagas of these orders look again now. */
  wakeSagas(orderIds: readonly string[], ctx: Ctx): Promise<ReadonlySet<string>>;
  /** Has somebody ask what is true of captures and refunds that news may have taken back. */
  lookAgain(news: readonly OrderNews[], ctx: Ctx): Promise<ReadonlySet<string>>;
  /** Has the orders that wait for units of these SKUs look again now. */
  wakeWaitingFor(skuIds: readonly string[], ctx: Ctx): Promise<number>;
  expireApprovals(ctx: Ctx): Promise<number>;
  /** Adds up the entries of busy ledger accounts by the thousand; what a job does. Returns how many marks it added. */
  markAccounts(signal?: AbortSignal): Promise<number>;
  /** Ends gift cards whose time is over. */
  expireGiftCards(ctx: Ctx): Promise<number>;
  /** Queues the mail of a sign-in link. */
  mailLink(link: LinkMail, ctx: Ctx): Promise<void>;
  /** Queues what customers are told of events; returns how many notices are new. */
  notifyCustomers(events: readonly StoredEvent[]): Promise<number>;
  /** Sends the mails that are due; what a job does. */
  sendNotices(signal?: AbortSignal): Promise<number>;
  sweepNotices(): Promise<number>;
  /** Resolves when nothing waits or runs in any lane. */
  idle(): Promise<void>;
}

export interface FlowDeps {
  readonly pool: pg.Pool;
  readonly home: string;
  readonly outside: Outside;
  /** Where mail leaves; without it notices are recorded as not sent. */
  readonly mail?: MailDesk;
  readonly clock?: () => Date;
  /** WAYBILL_DATA_KEY: what gift cards' codes are hashed with. Without it none are issued. */
  readonly dataKey?: string;
  /** Origins that channels' connections may name. Without any nothing is sent to channels. */
  readonly channels?: { readonly origins: readonly string[]; readonly timeoutMs?: number };
  /**
   * Set where the caller advances the sagas it starts (an import, made-up data): no worker is told of them. Should the caller die, the
   * sweep finds them.
   */
  readonly drivesSagas?: boolean;
  readonly observe?: LaneOptions<unknown, unknown>['observe'];
}

/** Gives every verb its lane. One per process. */
export function createFlows(deps: FlowDeps): Flows {
  const { pool, home, observe, clock = () => new Date() } = deps;
  const router = deps.outside.router ?? createRouter(pool);
  const outside = { ...deps.outside, router };
  const waiting: (() => Promise<void>)[] = [];
  const verb = <I, W extends Locked, R>(definition: Verb<I, W, R>): Call<I, R> => {
    const own = deps.drivesSagas ? withoutSagaJobs(definition) : definition;
    const made = createVerb({ pool, ...(observe ? { observe } : {}) }, own);
    waiting.push(made.idle);
    return made.call;
  };
  const runner = createSagaRunner({
    pool,
    home,
    outside,
    clock,
    ...(observe ? { observe } : {}),
    ...(deps.drivesSagas ? { drivesSagas: true } : {}),
  });
  const ledger = createLedgerFlows({ pool, verb, ...(observe ? { observe } : {}) });
  waiting.push(runner.idle, ledger.idle);
  const desk = deps.mail ?? NO_MAIL;
  const sender = createNoticeSender({ pool, desk, clock });
  const cancel = verb(cancelOrder);
  const importRead = verb(importSkus);
  const attend: Call<{ readonly orderId: string }, AttendedPickup> = verb(attendPickup);
  const reservations = createReservationFlows({ pool, verb });
  const quoteTaxed = verb(createQuote);
  const taxProvider = rateTableProvider(pool);
  const quote: Flows['createQuote'] = async (input, ctx, key, onReplay) =>
    quoteTaxed(await readTaxes(pool, taxProvider, input), ctx, key, onReplay);
  return {
    parcels: createParcelFlows({ pool, home, outside, clock, verb }),
    returns: createReturnFlows({ pool, verb }),
    edits: createEditFlows({ pool, verb }),
    policies: createPolicyFlows(verb),
    createQuote: quote,
    reservations,
    channels: createChannelFlows({
      ...{ pool, home, clock, verb, cancelOrder: cancel },
      settings: deps.dataKey && deps.channels ? { dataKey: deps.dataKey, ...deps.channels } : undefined,
    }),
    checkouts: createCheckoutFlows({ pool, reservations, createQuote: quote, verb }),
    disputes: createDisputeFlows({ pool, outside, clock, verb }),
    wallets: createWalletFlows({ pool, verb }),
    reconciliation: createReconciliationFlows({ pool, outside, verb }),
    ledger,
    rails: createRailsFlows({ pool, home, outside, clock, verb }),
    invoices: createInvoiceFlows({ pool, verb }),
    stockWork: createStockFlows({ pool, verb, sendsMail: desk.transport !== null }),
    routing: createRoutingFlows({ pool, router, verb }),
    placeOrder: verb(placeOrder),
    cancelOrder: cancel,
    captureOrder: verb(captureOrder),
    refundOrder: verb(refundOrder),
    shipOrder: verb(shipOrder),
    startPicking: verb(startPicking),
    finishPicking: verb(finishPicking),
    makePickupReady: verb(makeReady),
    handOverPickup: verb(handOver),
    attendPickups: (ctx) => attendPickups(pool, attend, ctx),
    updateShipment: verb(updateShipment),
    noteOrder: verb(noteOrder),
    tagOrder: verb(tagOrder),
    editOrder: verb(editOrder),
    holdOrder: verb(holdOrder),
    releaseOrder: verb(releaseOrder),
    decideApproval: verb(decideApproval),
    adjustStock: verb(adjustStock),
    setBackorderPolicy: verb(setBackorderPolicy),
    setSafety: verb(setSafety),
    setChannel: verb(setChannel),
    payAgain: verb(payAgain),
    acceptDate: verb(acceptDate),
    cancelWaiting: verb(cancelWaiting),
    moveDates: (skuIds, ctx) => moveDates(pool, skuIds, ctx),
    reviewBackorders: (ctx) => reviewBackorders(pool, ctx),
    createSku: verb(createSku),
    editSku: verb(editSku),
    importSkus: async (input, ctx, key) => importRead(await readImport(input), ctx, key),
    editCustomer: verb(editCustomer),
    saveGlAccount: verb(saveGlAccount),
    saveShippingMethod: verb(saveShippingMethod),
    recordPayment: verb(recordPayment),
    setPaymentGateways: verb(setPaymentGateways(new Set(outside.payments.keys()))),
    noteCustomer: verb(noteCustomer),
    undoCancel: verb(undoCancel),
    undoRefund: verb(undoRefund),
    redirectRefund: verb(redirectRefund),
    readdressOrder: verb(readdressOrder),
    reshipOrder: verb(reshipOrder),
    operateSaga: verb(operateSaga),
    retryJobs: verb(retryJobs),
    retryDeliveries: verb(retryDeliveries),
    issueGiftCard: deps.dataKey === undefined ? noDataKey : issuing(verb(issueGiftCard), deps.dataKey),
    changeGiftCard: verb(changeGiftCard),
    issueStoreCredit: verb(issueStoreCredit),
    changeStoreCredit: verb(changeStoreCredit),
    messageCustomer: verb(messageCustomer),
    resendNotice: verb(resendNotice),
    ...createOrderPreviews(pool),
    previewImport: (input) => previewImport(pool, input),
    previewMessage: (input, ctx) => previewMessage(pool, input, desk.links, ctx),
    cannedMessages: (orderId) => cannedMessages(pool, orderId),
    advanceSaga: (sagaId, signal) => runner.run(sagaId, signal),
    wakeSagas: (orderIds, ctx) => wakeSagas(pool, orderIds, ctx),
    lookAgain: (news, ctx) => lookAgain(pool, news, ctx),
    wakeWaitingFor: (skuIds, ctx) => wakeWaitingFor(pool, skuIds, ctx),
    expireApprovals: (ctx) => expireApprovals(pool, ctx),
    markAccounts: (signal) => markAccounts(pool, signal),
    expireGiftCards: (ctx) => expireGiftCards(pool, ctx),
    mailLink: (link, ctx) => mailLink(pool, link, ctx),
    notifyCustomers: (events) => notifyCustomers(pool, events, clock(), desk.transport !== null),
    sendNotices: (signal) => sender.send(signal),
    sweepNotices: () => sender.sweep(),
    async idle() {
      for (const idle of waiting) await idle();
    },
  };
}

const nowhere = (): string => 'http://localhost/';
const noLink = (): never => {
  throw new Error('Mail is off');
};
/** Commands that only make orders name no mail server and lead nowhere. */
const NO_MAIL: MailDesk = {
  transport: null,
  links: { track: nowhere, waiting: nowhere, pay: nowhere, wallet: nowhere, moneyRequest: nowhere, stock: nowhere, open: noLink },
};

/** Commands that only make orders know no secrets. */
const noDataKey = (): Promise<never> => Promise.reject(new Error('Gift cards are issued where WAYBILL_DATA_KEY is known'));

function withoutSagaJobs<I, W extends Locked, R>(definition: Verb<I, W, R>): Verb<I, W, R> {
  return {
    ...definition,
    write(tx, world) {
      if ('outbox' in world) dropSagaJobs(world.outbox as Outbox);
      return definition.write(tx, world);
    },
  };
}
