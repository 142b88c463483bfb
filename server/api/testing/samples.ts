import type { ShopFixture } from '../../views/shop-fixture.ts';
import type { ProcedurePath } from '../root.ts';
import { FETCHING_SAMPLES } from './samples-fetching.ts';
import { LEDGER_SAMPLES } from './samples-ledger.ts';
import { MONEY_SAMPLES } from './samples-money.ts';
import { PARCEL_SAMPLES } from './samples-parcels.ts';
import { ROUTING_SAMPLES } from './samples-routing.ts';
import { STOCK_SAMPLES } from './samples-stock.ts';
import { TENDER_SAMPLES } from './samples-tenders.ts';
import { WAITING_SAMPLES } from './samples-waiting.ts';

/** What the samples are about: a shop whose first merchant, North, owns everything that has an id; South is somebody else. */
export interface SampleWorld extends ShopFixture {
  /** Of a user whom the caller is not. */
  readonly otherSession: string;
  readonly otherUser: string;
  readonly northKey: string;
  readonly northAccount: string;
  readonly northTransfer: string;
  readonly northJournal: string;
  readonly northCheckout: string;
  /** Of the customer who bought from North; and what they ask of somebody. */
  readonly northWallet: string;
  readonly northTopUp: string;
  readonly northBankAccount: string;
  readonly northRequest: string;
  readonly northGiftCard: string;
  readonly northStoreCredit: string;
  readonly northPurchaseOrder: string;
  readonly northTransferOfStock: string;
  readonly northCount: string;
  readonly northChannel: string;
  /** A replay of routing rules. */
  readonly northSimulation: string;
  readonly northManifest: string;
  readonly northReturn: string;
  readonly northDispute: string;
}

export interface Sample {
  /** An input that is well-formed; left out where the procedure takes none. */
  readonly input?: (world: SampleWorld) => unknown;
  /**
   * Inputs that name what belongs to North, nested ids included: one per way to name it. Anybody else is answered `not_found`, or,
   * where `nothing` is set (filters of lists), an answer without North in it. Needed for every procedure that takes an id and is
   * open to those who see only their own.
   */
  readonly foreign?: readonly ((world: SampleWorld) => unknown)[];
  readonly nothing?: true;
}

const NIL = '00000000-0000-7000-8000-000000000000';
const TOKEN = 'no-such-token-but-long-enough-to-be-one';
const PASSWORD = 'correct horse battery';
const ADDRESS = { line1: 'Hauptstr. 1', city: 'Wien', postalCode: '1010', country: 'AT' };
const NONE: Sample = {};
/** What looks like an id here names no record. */
const NO_RECORD: Sample['foreign'] = [];
const EMPTY: Sample = { input: () => ({}) };

/** One sample per procedure. A new procedure does not compile without one. */
export const SAMPLES: Readonly<Record<ProcedurePath, Sample>> = {
  'auth.me': NONE,
  'auth.sessions': NONE,
  'auth.revokeSession': { input: () => ({ sessionId: NIL }), foreign: [(world) => ({ sessionId: world.otherSession })] },
  'auth.revokeOtherSessions': EMPTY,
  'auth.beginTotp': EMPTY,
  'auth.confirmTotp': { input: () => ({ code: '123456' }), foreign: NO_RECORD },
  'auth.verifyTotp': { input: () => ({ code: '123456' }), foreign: NO_RECORD },
  'auth.disableTotp': { input: () => ({ code: '123456' }), foreign: NO_RECORD },
  'auth.changeProfile': { input: () => ({ name: 'Test', locale: 'en', timeZone: 'UTC' }) },
  'auth.changePassword': { input: () => ({ current: 'not this one', password: PASSWORD }) },
  'auth.requestReset': { input: () => ({ email: 'nobody@example.com' }) },
  'auth.resetPassword': { input: () => ({ token: TOKEN, password: PASSWORD }) },
  'auth.invitation': { input: () => ({ token: TOKEN }) },
  'auth.acceptInvite': { input: () => ({ token: TOKEN, name: 'Test', password: PASSWORD }) },
  'auth.setupState': { input: () => ({ token: TOKEN }) },
  'auth.setUp': {
    input: () => ({
      token: TOKEN,
      admin: { email: 'first@example.com', name: 'First', password: PASSWORD },
      merchant: { name: 'First', slug: 'first', currency: 'EUR', country: 'AT' },
      node: { code: 'MAIN', name: 'Main' },
      sku: { code: 'A-1', name: 'A thing', price: '1.00' },
    }),
  },

  'people.list': EMPTY,
  'people.merchants': NONE,
  'people.invitations': NONE,
  'people.invite': { input: () => ({ email: 'new@example.com', role: 'agent' }) },
  'people.revokeInvitation': { input: () => ({ invitationId: NIL }) },
  'people.changeRole': { input: () => ({ userId: NIL, role: 'agent' }) },
  'people.disable': { input: () => ({ userId: NIL }) },
  'people.enable': { input: () => ({ userId: NIL }) },
  'people.makeResetLink': { input: () => ({ userId: NIL }) },
  'people.apiKeys': NONE,
  'people.createApiKey': {
    input: (world) => ({ merchantId: world.merchants[1], name: 'Test', mode: 'test', scopes: ['orders:read'] }),
    foreign: [(world) => ({ merchantId: world.merchants[0], name: 'Test', mode: 'test', scopes: ['orders:read'] })],
  },
  'people.revokeApiKey': {
    input: () => ({ apiKeyId: NIL }),
    foreign: [(world) => ({ apiKeyId: world.northKey })],
  },

  'search.find': { input: () => ({ q: 'EU-1001' }), foreign: [() => ({ q: 'EU-1001' }), () => ({ q: '4242' })], nothing: true },
  'orders.list': {
    ...EMPTY,
    foreign: [(world) => ({ merchantId: world.merchants[0] }), (world) => ({ customerId: world.customers[0] })],
    nothing: true,
  },
  'orders.counts': NONE,
  'orders.facets': NONE,
  'orders.get': { input: () => ({ number: 'EU-1002' }), foreign: [() => ({ number: 'EU-1001' })] },
  'shipments.list': { ...EMPTY, foreign: [(world) => ({ nodeId: world.nodes[0] })], nothing: true },
  'shipments.get': { input: () => ({ number: 'S-NONE' }), foreign: [() => ({ number: 'S-EU-501' })] },
  'shipments.ready': { ...EMPTY, foreign: [(world) => ({ nodeId: world.nodes[0] })], nothing: true },
  'shipments.nodes': NONE,
  'stock.levels': { ...EMPTY, foreign: [(world) => ({ nodeIds: [world.nodes[0]] })], nothing: true },
  'stock.get': {
    input: () => ({ code: 'MUG-RED' }),
    foreign: [() => ({ code: 'TENT-2' }), (world) => ({ code: 'TENT-2', merchantId: world.merchants[0] })],
  },
  'stock.movements': {
    input: (world) => ({ skuId: world.skus[1] }),
    foreign: [(world) => ({ skuId: world.skus[0] })],
    nothing: true,
  },
  'products.list': { ...EMPTY, foreign: [(world) => ({ merchantId: world.merchants[0] })], nothing: true },
  'products.get': {
    input: () => ({ code: 'MUG-RED' }),
    foreign: [() => ({ code: 'TENT-2' }), (world) => ({ code: 'TENT-2', merchantId: world.merchants[0] })],
  },
  'customers.list': EMPTY,
  'customers.get': { input: (world) => ({ id: world.customers[1] }), foreign: [(world) => ({ id: world.customers[0] })] },
  'payments.list': EMPTY,
  'payments.inDoubt': EMPTY,
  'payments.get': { input: () => ({ id: NIL }), foreign: [(world) => ({ id: world.payment })] },
  'refunds.list': EMPTY,
  'approvals.list': EMPTY,
  'approvals.count': NONE,
  ...FETCHING_SAMPLES,
  ...LEDGER_SAMPLES,
  ...STOCK_SAMPLES,
  ...PARCEL_SAMPLES,
  ...TENDER_SAMPLES,
  'mails.list': { ...EMPTY, foreign: [(world) => ({ orderId: world.orders[0] })], nothing: true },
  'mails.get': { input: () => ({ id: NIL }), foreign: [(world) => ({ id: world.mail })] },
  'mails.state': NONE,
  'mails.caught': { input: () => ({ id: NIL }), foreign: [(world) => ({ id: world.mail })] },
  'mails.resend': { input: () => ({ noticeId: NIL }), foreign: [(world) => ({ noticeId: world.mail })] },
  'mails.canned': { input: (world) => ({ orderId: world.orders[1] }), foreign: [(world) => ({ orderId: world.orders[0] })] },
  'mails.previewMessage': {
    input: (world) => ({ orderId: world.orders[1], subject: 'Hello', body: 'A word' }),
    foreign: [(world) => ({ orderId: world.orders[0], subject: 'Hello', body: 'A word' })],
  },
  'mails.message': {
    input: (world) => ({ orderId: world.orders[1], subject: 'Hello', body: 'A word' }),
    foreign: [(world) => ({ orderId: world.orders[0], subject: 'Hello', body: 'A word' })],
  },
  'home.agent': EMPTY,
  'home.dashboard': EMPTY,
  'home.finance': NONE,
  'home.health': NONE,
  'health.read': NONE,
  'home.sales': EMPTY,
  'myOrders.list': EMPTY,
  'myOrders.get': { input: () => ({ number: 'EU-1002' }), foreign: [() => ({ number: 'EU-1001' })] },
  'wallet.mine': NONE,
  'wallet.balance': { input: () => ({ walletId: NIL }), foreign: [(world) => ({ walletId: world.northWallet })] },
  'wallet.activity': { input: () => ({ walletId: NIL }), foreign: [(world) => ({ walletId: world.northWallet })] },
  'wallet.people': NONE,
  'wallet.lookUp': { input: () => ({ to: { email: 'nobody@example.com' } }), foreign: NO_RECORD },
  'wallet.requests': EMPTY,
  'wallet.request': { input: () => ({ id: NIL }), foreign: [(world) => ({ id: world.northRequest })] },
  'wallet.open': { input: () => ({ currency: 'AAA' }) },
  'wallet.setHandle': { input: () => ({ handle: 'support' }) },
  'wallet.send': { input: () => sending(NIL), foreign: [(world) => sending(world.northWallet)] },
  'wallet.ask': { input: () => sending(NIL), foreign: [(world) => sending(world.northWallet)] },
  'wallet.payRequest': {
    input: () => ({ requestId: NIL, walletId: NIL }),
    foreign: [
      (world) => ({ requestId: NIL, walletId: world.northWallet }),
      (world) => ({ requestId: world.northRequest, walletId: world.northWallet }),
      (world) => ({ requestId: world.northRequest, walletId: NIL }),
    ],
  },
  'wallet.endRequest': { input: () => ({ requestId: NIL }), foreign: [(world) => ({ requestId: world.northRequest })] },
  'wallet.freeze': { input: () => ({ walletId: NIL }), foreign: [(world) => ({ walletId: world.northWallet })] },
  'wallet.unfreeze': { input: () => ({ walletId: NIL }), foreign: [(world) => ({ walletId: world.northWallet })] },
  'wallet.close': { input: () => ({ walletId: NIL }), foreign: [(world) => ({ walletId: world.northWallet })] },
  'wallets.list': EMPTY,
  'wallets.get': { input: () => ({ id: NIL }) },
  'wallets.activity': { input: () => ({ walletId: NIL }) },
  'wallets.freeze': { input: () => ({ walletId: NIL, reason: 'Stolen phone' }) },
  'wallets.unfreeze': { input: () => ({ walletId: NIL, reason: 'Phone found' }) },
  'wallets.close': { input: () => ({ walletId: NIL, reason: 'Asked for' }) },
  'wallets.changeTier': { input: () => ({ walletId: NIL, tier: 'plus', reason: 'Passport seen' }) },
  'tracking.get': { input: () => ({ token: TOKEN }) },
  ...WAITING_SAMPLES,
  'shop.front': NONE,
  'shop.product': { input: () => ({ handle: 'NO-SUCH' }) },
  'shop.cart': { input: () => ({ handles: ['NO-SUCH'] }) },
  'pay.open': { input: () => ({ lines: [{ handle: 'NO-SUCH', quantity: 1 }] }) },
  'pay.get': { input: () => ({ token: TOKEN }) },
  'pay.update': { input: () => ({ token: TOKEN }) },
  'pay.pay': { input: () => ({ token: TOKEN, quoteId: NIL, totalMinor: 1, paymentToken: 'pm_card_visa' }) },
  'pay.tender': { input: () => ({ token: TOKEN, change: { type: 'wallet', use: false } }) },
  'pay.abandon': { input: () => ({ token: TOKEN }) },
  'drafts.list': EMPTY,
  'drafts.get': { input: () => ({ checkoutId: NIL }), foreign: [(world) => ({ checkoutId: world.northCheckout })] },
  'drafts.create': {
    input: (world) => ({ merchantId: world.merchants[1], lines: [{ sku: 'MUG-RED', quantity: 1 }] }),
    foreign: [(world) => ({ merchantId: world.merchants[0], lines: [{ sku: 'TENT-2', quantity: 1 }] })],
  },
  'drafts.update': { input: () => ({ checkoutId: NIL }), foreign: [(world) => ({ checkoutId: world.northCheckout })] },
  'drafts.cancel': { input: () => ({ checkoutId: NIL }), foreign: [(world) => ({ checkoutId: world.northCheckout })] },
  'drafts.sendLink': { input: () => ({ checkoutId: NIL }), foreign: [(world) => ({ checkoutId: world.northCheckout })] },

  'orders.previewCancel': {
    input: (world) => ({ orderId: world.orders[1], reason: 'other' }),
    foreign: [(world) => ({ orderId: world.orders[0], reason: 'other' })],
  },
  'orders.cancel': {
    input: (world) => ({ orderId: world.orders[1], reason: 'other', fingerprint: 'not the plan' }),
    foreign: [
      (world) => ({ orderId: world.orders[0], reason: 'other' }),
      (world) => ({ orderId: world.orders[0], reason: 'other', units: [{ lineId: world.line, quantity: 1 }] }),
    ],
  },
  'orders.previewRefund': {
    input: (world) => ({ orderId: world.orders[1], kind: 'units', reason: 'other' }),
    foreign: [(world) => ({ orderId: world.orders[0], kind: 'units', reason: 'other' })],
  },
  'orders.refund': {
    input: (world) => ({ orderId: world.orders[1], kind: 'amount', amountMinor: 1, reason: 'other' }),
    foreign: [
      (world) => ({ orderId: world.orders[0], kind: 'amount', amountMinor: 1, reason: 'other' }),
      (world) => ({ orderId: world.orders[0], kind: 'units', units: [{ lineId: world.line, quantity: 1 }], reason: 'other' }),
    ],
  },
  'orders.undoCancel': {
    input: (world) => ({ orderId: world.orders[1] }),
    foreign: [(world) => ({ orderId: world.orders[0] })],
  },
  'orders.undoRefund': {
    input: (world) => ({ orderId: world.orders[1], refundId: NIL }),
    foreign: [(world) => ({ orderId: world.orders[0], refundId: NIL })],
  },
  'orders.readdress': {
    input: (world) => ({ orderId: world.orders[1], address: ADDRESS, seen: null }),
    foreign: [(world) => ({ orderId: world.orders[0], address: ADDRESS, seen: null })],
  },
  'orders.previewReship': {
    input: (world) => ({ orderId: world.orders[1], shipmentId: NIL, reason: 'lost' }),
    foreign: [(world) => ({ orderId: world.orders[0], shipmentId: world.shipment, reason: 'lost' })],
  },
  'orders.reship': {
    input: (world) => ({ orderId: world.orders[1], shipmentId: NIL, reason: 'lost' }),
    foreign: [
      (world) => ({ orderId: world.orders[0], shipmentId: world.shipment, reason: 'lost' }),
      (world) => ({ orderId: world.orders[1], shipmentId: world.shipment, reason: 'lost' }),
    ],
  },
  'orders.previewShip': {
    input: (world) => ({ orderId: world.orders[1] }),
    foreign: [(world) => ({ orderId: world.orders[0] }), (world) => ({ orderId: world.orders[0], nodeId: world.nodes[0] })],
  },
  'orders.ship': {
    input: (world) => ({ orderId: world.orders[1] }),
    foreign: [(world) => ({ orderId: world.orders[0] }), (world) => ({ orderId: world.orders[0], nodeId: world.nodes[0] })],
  },
  'orders.note': {
    input: (world) => ({ orderId: world.orders[1], body: 'Called' }),
    foreign: [(world) => ({ orderId: world.orders[0], body: 'Called' })],
  },
  'orders.tag': {
    input: (world) => ({ orderId: world.orders[1], add: ['gift'] }),
    foreign: [(world) => ({ orderId: world.orders[0], add: ['gift'] })],
  },
  'orders.hold': { input: (world) => ({ orderId: world.orders[1], hold: 'manual', reason: 'Ask first' }) },
  'orders.release': { input: (world) => ({ orderId: world.orders[1], hold: 'manual', reason: 'Asked' }) },
  'shipments.startPicking': {
    input: (world) => ({ nodeId: world.nodes[1], orderIds: [world.orders[1]] }),
    foreign: [
      (world) => ({ nodeId: world.nodes[0], orderIds: [world.orders[0]] }),
      (world) => ({ nodeId: world.nodes[1], orderIds: [world.orders[1], world.orders[0]] }),
    ],
  },
  'shipments.finishPicking': {
    input: (world) => ({ nodeId: world.nodes[1], orderIds: [world.orders[1]], outcome: 'packed' }),
    foreign: [
      (world) => ({ nodeId: world.nodes[0], orderIds: [world.orders[0]], outcome: 'packed' }),
      (world) => ({ nodeId: world.nodes[1], orderIds: [world.orders[0]], outcome: 'released' }),
    ],
  },
  'shipments.update': {
    input: () => ({ shipmentId: NIL, status: 'DELIVERED' }),
    foreign: [(world) => ({ shipmentId: world.shipment, status: 'DELIVERED' })],
  },
  'stock.nodes': {
    input: (world) => ({ merchantId: world.merchants[1] }),
    foreign: [(world) => ({ merchantId: world.merchants[0] })],
    nothing: true,
  },
  'stock.previewAdjust': {
    input: (world) => ({ skuId: world.skus[1], nodeId: world.nodes[1], delta: 1 }),
    foreign: [(world) => ({ skuId: world.skus[0], nodeId: world.nodes[0], delta: 1 })],
  },
  'stock.adjust': {
    input: (world) => ({
      merchantId: world.merchants[1],
      skuId: world.skus[1],
      nodeId: world.nodes[1],
      delta: 1,
      reason: 'found',
    }),
    foreign: [
      (world) => ({ merchantId: world.merchants[0], skuId: world.skus[0], nodeId: world.nodes[0], delta: 1, reason: 'found' }),
      (world) => ({ merchantId: world.merchants[1], skuId: world.skus[1], nodeId: world.nodes[0], delta: 1, reason: 'found' }),
      (world) => ({ merchantId: world.merchants[0], skuId: world.skus[1], nodeId: world.nodes[1], delta: 1, reason: 'found' }),
    ],
  },
  'products.create': {
    input: (world) => ({ merchantId: world.merchants[1], code: 'NEW-1', name: 'New', price: '1.00' }),
    foreign: [(world) => ({ merchantId: world.merchants[0], code: 'NEW-1', name: 'New', price: '1.00' })],
  },
  'products.edit': {
    input: (world) => ({ skuId: world.skus[1], version: 1, name: 'Redder mug' }),
    foreign: [(world) => ({ skuId: world.skus[0], version: 1, name: 'Mine now' })],
  },
  'products.importPreview': {
    input: (world) => ({ merchantId: world.merchants[1], csv: 'sku,name,price\nA-9,Nine,9\n' }),
    foreign: [(world) => ({ merchantId: world.merchants[0], csv: 'sku,name,price\nTENT-2,Mine,9\n' })],
  },
  'products.importFile': {
    input: (world) => ({ merchantId: world.merchants[1], csv: 'sku,name,price\nA-9,Nine,9\n' }),
    foreign: [(world) => ({ merchantId: world.merchants[0], csv: 'sku,name,price\nTENT-2,Mine,9\n' })],
  },
  'shippingMethods.list': NONE,
  'shippingMethods.taxRates': NONE,
  'shippingMethods.save': {
    input: (world) => shippingMethod(world.merchants[1]),
    foreign: [(world) => shippingMethod(world.merchants[0])],
  },
  'customers.note': {
    input: (world) => ({ customerId: world.customers[1], body: 'Called' }),
    foreign: [(world) => ({ customerId: world.customers[0], body: 'Called' })],
  },
  'customers.edit': { input: (world) => ({ customerId: world.customers[1], version: 1, name: 'Bo' }) },
  'approvals.decide': { input: () => ({ approvalId: NIL, decision: 'approve' }) },
  'sagas.operate': { input: () => ({ sagaId: NIL, action: 'retry', reason: 'Try again' }) },

  'integrity.latest': NONE,
  'integrity.history': EMPTY,
  'integrity.seals': NONE,
  'integrity.evidence': NONE,
  'integrity.evidencePage': { input: () => ({ name: 'lighthouse' }) },
  ...MONEY_SAMPLES,
  ...ROUTING_SAMPLES,
  'audit.list': EMPTY,
  'audit.words': NONE,
  'jobs.list': { input: () => ({ state: 'failed' }) },
  'jobs.counts': NONE,
  'jobs.sagas': EMPTY,
  'jobs.deliveries': NONE,
  'jobs.retry': { input: () => ({ jobIds: ['1'], reason: 'The cause is gone' }) },
  'jobs.retryDelivery': {
    input: () => ({ deliveries: [{ eventId: NIL, consumer: 'notifications' }], reason: 'The cause is gone' }),
  },

  'traffic.state': NONE,
  'traffic.change': { input: () => ({ paused: true }) },
  'simulators.state': NONE,
  'simulators.switch': {
    input: () => ({ kind: 'fault', simulator: 'psp', fault: 'decline', rule: { next: 1 } }),
  },
  'simulators.reset': { input: () => ({ simulator: 'carrier' }) },
  'simulators.settings': { input: () => ({ simulator: 'psp', multicapture: true }) },
  'simulators.happen': { input: () => ({ what: 'transfer', reference: 'none', amountMinor: 100, currency: 'EUR' }) },
  'simulators.advanceShipment': { input: () => ({ parcel: 'shp_1', to: 'in_transit' }) },
};

const sending = (walletId: string) => ({ walletId, to: { email: 'nobody@example.com' }, amountMinor: 1, currency: 'EUR' });

const shippingMethod = (merchantId: string | undefined) => ({
  merchantId,
  code: 'courier',
  name: 'Courier',
  countries: [],
  postalPrefixes: [],
  basis: 'flat',
  tiers: [{ upTo: null, priceMinor: 490 }],
  minDays: 1,
  maxDays: 2,
  cutoffHour: 14,
  active: true,
  position: 1,
});
