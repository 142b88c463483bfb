import { type ApiScope, HAND_HOLDS, type HandHold, type Role } from '../kernel/vocabulary.ts';
import { DISPUTE_PERMISSIONS } from './dispute-permissions.ts';
import { EDIT_PERMISSIONS } from './edit-permissions.ts';
import { FETCHING_PERMISSIONS } from './permissions-fetching.ts';
import { INVOICE_PERMISSIONS } from './permissions-invoices.ts';
import { POLICY_PERMISSIONS } from './permissions-policies.ts';
import { REST_PERMISSIONS } from './public/permissions.ts';
import { RETURN_PERMISSIONS } from './return-permissions.ts';
import { STOCK_PERMISSIONS } from './stock-permissions.ts';

/**
 * How far an allowed caller sees.
 * all: everything, or only their merchant's where the user belongs to one. own: a merchant's user sees that merchant's records, a
 * customer their own. self: the caller's own account. token: nothing but what the secret in the input names.
 */
export type Reach = 'all' | 'own' | 'self' | 'token';

export interface PermissionRow {
  /** Who may call it. A role that is not named may not. `anyone` means signed in or not. */
  readonly allow: Readonly<Partial<Record<Role | 'anyone', Reach>>>;
  /** The scope an API key needs. Without it no API key may call, whatever its scopes. Keys reach their own merchant only. */
  readonly scope?: ApiScope;
  /** Callable by every API key: what a key may know of itself. */
  readonly anyKey?: true;
  /** Callable by those who still owe a second factor: what they need in order to set one up, or to leave. */
  readonly beforeSecondFactor?: true;
}

const STAFF = {
  agent: 'all',
  warehouse: 'all',
  fraud_analyst: 'all',
  finance: 'all',
  admin: 'all',
} as const satisfies PermissionRow['allow'];
const EVERY_USER = {
  customer: 'self',
  merchant: 'self',
  agent: 'self',
  warehouse: 'self',
  fraud_analyst: 'self',
  finance: 'self',
  admin: 'self',
} as const satisfies PermissionRow['allow'];
const BY_TOKEN = { anyone: 'token' } as const satisfies PermissionRow['allow'];
const ADMIN = { admin: 'all' } as const satisfies PermissionRow['allow'];
const AUDITORS = { finance: 'all', admin: 'all' } as const satisfies PermissionRow['allow'];
const KEY_HOLDERS = { merchant: 'own', admin: 'all' } as const satisfies PermissionRow['allow'];

/** Who looks after orders: the staff, and the merchant whose orders they are. */
export const ORDER_READERS = { ...STAFF, merchant: 'own' } as const satisfies PermissionRow['allow'];
/** Who may look customers up and follow their money. The warehouse sees a name and an address on what it ships. */
const MONEY_READERS = {
  merchant: 'own',
  agent: 'all',
  fraud_analyst: 'all',
  finance: 'all',
  admin: 'all',
} as const satisfies PermissionRow['allow'];
export const BOOK_READERS = { merchant: 'own', finance: 'all', admin: 'all' } as const satisfies PermissionRow['allow'];
const APPROVERS = { agent: 'all', finance: 'all', admin: 'all' } as const satisfies PermissionRow['allow'];
const CUSTOMER = { customer: 'own' } as const satisfies PermissionRow['allow'];
/** Wallets are the platform's: no merchant sees one. */
const WALLET_READERS = {
  agent: 'all',
  fraud_analyst: 'all',
  finance: 'all',
  admin: 'all',
} as const satisfies PermissionRow['allow'];
const WALLET_GUARDS = { agent: 'all', fraud_analyst: 'all', admin: 'all' } as const satisfies PermissionRow['allow'];
const WALLET_CLOSERS = { agent: 'all', finance: 'all', admin: 'all' } as const satisfies PermissionRow['allow'];

/** Who does what: agents and merchants with orders, the warehouse with goods, finance with money. */
const CANCELLERS = { agent: 'all', admin: 'all', merchant: 'own', customer: 'own' } as const satisfies PermissionRow['allow'];
const REFUNDERS = { agent: 'all', finance: 'all', admin: 'all', merchant: 'own' } as const satisfies PermissionRow['allow'];
const SHIPPERS = { warehouse: 'all', admin: 'all', merchant: 'own' } as const satisfies PermissionRow['allow'];
const TAGGERS = { agent: 'all', fraud_analyst: 'all', admin: 'all', merchant: 'own' } as const satisfies PermissionRow['allow'];
const HOLDERS = { agent: 'all', fraud_analyst: 'all', admin: 'all' } as const satisfies PermissionRow['allow'];
const WRITERS = { agent: 'all', finance: 'all', admin: 'all', merchant: 'own' } as const satisfies PermissionRow['allow'];
/** Who looks after an order before and after it leaves: takes a cancel back, corrects its address, sends goods again. */
const CARERS = { agent: 'all', admin: 'all', merchant: 'own' } as const satisfies PermissionRow['allow'];
/** Who takes an order on the telephone and sends the link to pay for it. */
const DRAFTERS = { agent: 'all', admin: 'all', merchant: 'own' } as const satisfies PermissionRow['allow'];
/** Who has another node send what one will not: the warehouse that cannot, and whoever looks after the order. */
const REROUTERS = { agent: 'all', warehouse: 'all', admin: 'all', merchant: 'own' } as const satisfies PermissionRow['allow'];
const CATALOGUERS = { admin: 'all', merchant: 'own' } as const satisfies PermissionRow['allow'];

/** Which holds a role may place and lift: an agent may suspect fraud, but somebody who judges it lets the order go. */
export const HOLD_POWERS = {
  hold: { agent: HAND_HOLDS, fraud_analyst: ['fraud'], admin: HAND_HOLDS },
  release: { agent: ['address', 'manual'], fraud_analyst: ['fraud'], admin: HAND_HOLDS },
} as const satisfies Record<'hold' | 'release', Partial<Record<Role, readonly HandHold[]>>>;

export const GROUPS = { STAFF, EVERY_USER, BY_TOKEN, ADMIN, KEY_HOLDERS } as const;

/**
 * The permission matrix: every procedure, and who may call it. A procedure without a row is refused to everybody and fails the
 * tests, and so does a row without a procedure. What is not yours is answered 404 by the procedure itself, through `ctx.scope`.
 */
export const PERMISSIONS = {
  // auth: the caller's own account
  'auth.me': { allow: { anyone: 'self' }, beforeSecondFactor: true },
  'auth.sessions': { allow: EVERY_USER, beforeSecondFactor: true },
  'auth.revokeSession': { allow: EVERY_USER, beforeSecondFactor: true },
  'auth.revokeOtherSessions': { allow: EVERY_USER, beforeSecondFactor: true },
  'auth.beginTotp': { allow: EVERY_USER, beforeSecondFactor: true },
  'auth.confirmTotp': { allow: EVERY_USER, beforeSecondFactor: true },
  'auth.verifyTotp': { allow: EVERY_USER, beforeSecondFactor: true },
  'auth.disableTotp': { allow: EVERY_USER },
  'auth.changeProfile': { allow: EVERY_USER },
  'auth.changePassword': { allow: EVERY_USER },
  'auth.requestReset': { allow: BY_TOKEN },
  'auth.resetPassword': { allow: BY_TOKEN },
  'auth.invitation': { allow: BY_TOKEN },
  'auth.acceptInvite': { allow: BY_TOKEN },
  'auth.setupState': { allow: BY_TOKEN },
  'auth.setUp': { allow: BY_TOKEN },

  // people: who works here
  'people.list': { allow: ADMIN },
  'people.merchants': { allow: BOOK_READERS },
  'people.invitations': { allow: ADMIN },
  'people.invite': { allow: ADMIN },
  'people.revokeInvitation': { allow: ADMIN },
  'people.changeRole': { allow: ADMIN },
  'people.disable': { allow: ADMIN },
  'people.enable': { allow: ADMIN },
  'people.makeResetLink': { allow: ADMIN },
  'people.apiKeys': { allow: KEY_HOLDERS },
  'people.createApiKey': { allow: KEY_HOLDERS },
  'people.revokeApiKey': { allow: KEY_HOLDERS },

  // what the console reads
  'search.find': { allow: ORDER_READERS },
  'orders.list': { allow: ORDER_READERS },
  'orders.counts': { allow: ORDER_READERS },
  'orders.facets': { allow: ORDER_READERS },
  'orders.get': { allow: ORDER_READERS },
  'shipments.list': { allow: ORDER_READERS },
  'shipments.get': { allow: ORDER_READERS },
  'shipments.ready': { allow: ORDER_READERS },
  'shipments.nodes': { allow: ORDER_READERS },
  ...FETCHING_PERMISSIONS,
  'shipments.packing': { allow: ORDER_READERS },
  'parcels.exceptions': { allow: ORDER_READERS },
  'manifests.list': { allow: ORDER_READERS },
  'manifests.get': { allow: ORDER_READERS },
  'manifests.nodes': { allow: ORDER_READERS },
  'goods.places': { allow: ORDER_READERS },
  'goods.find': { allow: ORDER_READERS },
  ...STOCK_PERMISSIONS,
  ...INVOICE_PERMISSIONS,
  ...POLICY_PERMISSIONS,
  'products.list': { allow: ORDER_READERS },
  'products.get': { allow: ORDER_READERS },
  'customers.list': { allow: MONEY_READERS },
  'customers.get': { allow: MONEY_READERS },
  'paymentGateways.list': { allow: CATALOGUERS },
  'paymentGateways.set': { allow: CATALOGUERS },
  'payments.list': { allow: MONEY_READERS },
  'payments.inDoubt': { allow: MONEY_READERS },
  'payments.get': { allow: MONEY_READERS },
  'payments.record': { allow: APPROVERS },
  'refunds.list': { allow: MONEY_READERS },
  'approvals.list': { allow: APPROVERS },
  'approvals.count': { allow: APPROVERS },
  'ledger.trialBalance': { allow: BOOK_READERS },
  'ledger.accounts': { allow: BOOK_READERS },
  'ledger.account': { allow: BOOK_READERS },
  'ledger.entries': { allow: BOOK_READERS },
  'ledger.operate': { allow: AUDITORS },
  'ledger.closed': { allow: BOOK_READERS },
  'ledger.closePeriod': { allow: AUDITORS },
  'ledger.proposeAdjustment': { allow: AUDITORS },
  'ledger.proposeReversal': { allow: AUDITORS },
  'gl.accounts': { allow: BOOK_READERS },
  'gl.totals': { allow: BOOK_READERS },
  'gl.save': { allow: BOOK_READERS },
  'ledger.entryKinds': { allow: BOOK_READERS },
  'ledger.balance': { allow: BOOK_READERS },
  'ledger.days': { allow: BOOK_READERS },
  'ledger.transfer': { allow: BOOK_READERS },
  'ledger.journal': { allow: BOOK_READERS },
  'ledger.holds': { allow: BOOK_READERS },
  'ledger.countHolds': { allow: BOOK_READERS },
  'mails.list': { allow: ORDER_READERS },
  'mails.get': { allow: ORDER_READERS },
  'mails.state': { allow: ORDER_READERS },
  'mails.caught': { allow: ORDER_READERS },
  'home.agent': { allow: ORDER_READERS },
  'home.dashboard': { allow: BOOK_READERS },
  'home.finance': { allow: { finance: 'all', admin: 'all' } },
  'home.health': { allow: ADMIN },
  'health.read': { allow: ADMIN },
  'home.sales': { allow: BOOK_READERS },
  'myOrders.list': { allow: CUSTOMER },
  'myOrders.get': { allow: CUSTOMER },
  'tracking.get': { allow: BY_TOKEN },
  'backorders.list': { allow: ORDER_READERS },
  'backorders.bySku': { allow: ORDER_READERS },
  'backorders.policy': { allow: ORDER_READERS },
  'backorders.setPolicy': { allow: CATALOGUERS },
  'waiting.get': { allow: BY_TOKEN },
  'waiting.accept': { allow: BY_TOKEN },
  'waiting.cancel': { allow: BY_TOKEN },
  'waiting.pay': { allow: BY_TOKEN },

  // wallets: customers' own, and as staff look after them
  'rails.topUpByCard': { allow: CUSTOMER },
  'rails.topUpByBank': { allow: CUSTOMER },
  'rails.topUp': { allow: CUSTOMER },
  'rails.cardFields': { allow: CUSTOMER },
  'rails.onTheWay': { allow: CUSTOMER },
  'rails.collectionAccount': { allow: CUSTOMER },
  'rails.bankAccounts': { allow: CUSTOMER },
  'rails.addBankAccount': { allow: CUSTOMER },
  'rails.removeBankAccount': { allow: CUSTOMER },
  'rails.withdraw': { allow: CUSTOMER },
  'wallet.mine': { allow: CUSTOMER },
  'wallet.balance': { allow: CUSTOMER },
  'wallet.activity': { allow: CUSTOMER },
  'wallet.people': { allow: CUSTOMER },
  'wallet.lookUp': { allow: CUSTOMER },
  'wallet.requests': { allow: CUSTOMER },
  'wallet.request': { allow: CUSTOMER },
  'wallet.open': { allow: CUSTOMER },
  'wallet.setHandle': { allow: CUSTOMER },
  'wallet.send': { allow: CUSTOMER },
  'wallet.ask': { allow: CUSTOMER },
  'wallet.payRequest': { allow: CUSTOMER },
  'wallet.endRequest': { allow: CUSTOMER },
  'wallet.freeze': { allow: CUSTOMER },
  'wallet.unfreeze': { allow: CUSTOMER },
  'wallet.close': { allow: CUSTOMER },
  'wallets.list': { allow: WALLET_READERS },
  'wallets.get': { allow: WALLET_READERS },
  'wallets.activity': { allow: WALLET_READERS },
  'wallets.freeze': { allow: WALLET_GUARDS },
  'wallets.unfreeze': { allow: WALLET_GUARDS },
  'wallets.close': { allow: WALLET_CLOSERS },
  'wallets.changeTier': { allow: WALLET_GUARDS },

  // the shop: what everybody may look at
  'shop.front': { allow: BY_TOKEN },
  'shop.product': { allow: BY_TOKEN },
  'shop.cart': { allow: BY_TOKEN },
  'pay.open': { allow: BY_TOKEN },
  'pay.get': { allow: BY_TOKEN },
  'pay.update': { allow: BY_TOKEN },
  'pay.pay': { allow: BY_TOKEN },
  'pay.tender': { allow: BY_TOKEN },
  'pay.abandon': { allow: BY_TOKEN },
  'pay.hold': { allow: BY_TOKEN },
  'pay.letGo': { allow: BY_TOKEN },

  // drafts: orders that an agent makes for somebody to pay
  'drafts.list': { allow: DRAFTERS },
  'drafts.get': { allow: DRAFTERS },
  'drafts.create': { allow: DRAFTERS },
  'drafts.update': { allow: DRAFTERS },
  'drafts.cancel': { allow: DRAFTERS },
  'drafts.sendLink': { allow: DRAFTERS },

  // what people do
  'orders.previewCancel': { allow: CANCELLERS },
  'orders.cancel': { allow: CANCELLERS },
  'orders.capture': { allow: { agent: 'all', finance: 'all', admin: 'all', merchant: 'own' } },
  'orders.previewRefund': { allow: REFUNDERS },
  'orders.refund': { allow: REFUNDERS },
  'orders.undoCancel': { allow: CARERS },
  'orders.undoRefund': { allow: REFUNDERS },
  'orders.redirectRefund': { allow: REFUNDERS },
  'orders.readdress': { allow: CARERS },
  'orders.previewReship': { allow: CARERS },
  'orders.reship': { allow: CARERS },
  'orders.previewShip': { allow: SHIPPERS },
  'orders.ship': { allow: SHIPPERS },
  'orders.note': { allow: ORDER_READERS },
  'orders.tag': { allow: TAGGERS },
  'orders.hold': { allow: HOLDERS },
  'orders.release': { allow: HOLDERS },
  'shipments.startPicking': { allow: SHIPPERS },
  'shipments.finishPicking': { allow: SHIPPERS },
  'shipments.update': { allow: SHIPPERS },
  ...EDIT_PERMISSIONS,
  ...RETURN_PERMISSIONS,
  ...DISPUTE_PERMISSIONS,
  'parcels.previewVoid': { allow: SHIPPERS },
  'parcels.voidLabel': { allow: SHIPPERS },
  'parcels.fileClaim': { allow: SHIPPERS },
  'parcels.receiveReturn': { allow: SHIPPERS },
  'parcels.settle': { allow: SHIPPERS },
  'manifests.close': { allow: SHIPPERS },
  'manifests.handOver': { allow: SHIPPERS },
  'manifests.setHandOver': { allow: SHIPPERS },
  'mails.resend': { allow: WRITERS },
  'mails.canned': { allow: WRITERS },
  'mails.previewMessage': { allow: WRITERS },
  'mails.message': { allow: WRITERS },
  'products.create': { allow: CATALOGUERS },
  'products.edit': { allow: CATALOGUERS },
  'products.importPreview': { allow: CATALOGUERS },
  'products.importFile': { allow: CATALOGUERS },
  'nodes.list': { allow: ORDER_READERS },
  'nodes.get': { allow: ORDER_READERS },
  'nodes.work': { allow: ORDER_READERS },
  'nodes.save': { allow: CATALOGUERS },
  'routing.rules': { allow: ORDER_READERS },
  'routing.simulation': { allow: ORDER_READERS },
  'routing.decisions': { allow: ORDER_READERS },
  'routing.saveDraft': { allow: CATALOGUERS },
  'routing.promote': { allow: CATALOGUERS },
  'routing.discard': { allow: CATALOGUERS },
  'routing.simulate': { allow: CATALOGUERS },
  'routing.previewReroute': { allow: REROUTERS },
  'routing.reroute': { allow: REROUTERS },
  'shippingMethods.list': { allow: CATALOGUERS },
  'shippingMethods.taxRates': { allow: CATALOGUERS },
  'shippingMethods.save': { allow: CATALOGUERS },
  'customers.note': { allow: MONEY_READERS },
  'customers.edit': { allow: { agent: 'all', admin: 'all' } },
  'approvals.decide': { allow: AUDITORS },
  'sagas.operate': { allow: ADMIN },

  // gift cards and store credit
  'giftCards.list': { allow: MONEY_READERS },
  'giftCards.get': { allow: MONEY_READERS },
  'giftCards.lookUp': { allow: REFUNDERS },
  'giftCards.issue': { allow: REFUNDERS },
  'giftCards.change': { allow: REFUNDERS },
  'giftCards.liabilities': { allow: BOOK_READERS },
  'storeCredit.list': { allow: MONEY_READERS },
  'storeCredit.get': { allow: MONEY_READERS },
  'storeCredit.issue': { allow: REFUNDERS },
  'storeCredit.change': { allow: REFUNDERS },

  // operations: the books, the log of changes, the machinery
  'integrity.latest': { allow: AUDITORS },
  'integrity.history': { allow: AUDITORS },
  'integrity.seals': { allow: AUDITORS },
  'integrity.evidence': { allow: AUDITORS },
  'integrity.evidencePage': { allow: AUDITORS },
  'payouts.payIns': { allow: AUDITORS },
  'payouts.countPayIns': { allow: AUDITORS },
  'payouts.assignPayIn': { allow: AUDITORS },
  'payouts.merchants': { allow: AUDITORS },
  'payouts.owed': { allow: AUDITORS },
  'payouts.list': { allow: AUDITORS },
  'payouts.addAccount': { allow: AUDITORS },
  'payouts.pay': { allow: AUDITORS },
  'reconciliation.list': { allow: AUDITORS },
  'reconciliation.item': { allow: AUDITORS },
  'reconciliation.count': { allow: AUDITORS },
  'reconciliation.runs': { allow: AUDITORS },
  'reconciliation.start': { allow: AUDITORS },
  'reconciliation.resolve': { allow: AUDITORS },
  'audit.list': { allow: AUDITORS },
  'audit.words': { allow: AUDITORS },
  'jobs.list': { allow: ADMIN },
  'jobs.counts': { allow: ADMIN },
  'jobs.sagas': { allow: ADMIN },
  'jobs.deliveries': { allow: ADMIN },
  'jobs.retry': { allow: ADMIN },
  'jobs.retryDelivery': { allow: ADMIN },

  // the demo's outside world; not_found elsewhere
  'traffic.state': { allow: DRAFTERS },
  'traffic.change': { allow: DRAFTERS },
  'simulators.state': { allow: ADMIN },
  'simulators.switch': { allow: ADMIN },
  'simulators.reset': { allow: ADMIN },
  'simulators.settings': { allow: ADMIN },
  'simulators.advanceShipment': { allow: ADMIN },
  'simulators.happen': { allow: ADMIN },
} as const satisfies Record<string, PermissionRow>;

/** The row of a procedure, or undefined: then nobody may call it. */
export function permissionFor(path: string): PermissionRow | undefined {
  if (Object.hasOwn(REST_PERMISSIONS, path)) return (REST_PERMISSIONS as Readonly<Record<string, PermissionRow>>)[path];
  return Object.hasOwn(PERMISSIONS, path) ? (PERMISSIONS as Readonly<Record<string, PermissionRow>>)[path] : undefined;
}

/** What a role may do, for pages: which buttons are there at all. Showing one permits nothing. */
export interface Powers {
  readonly procedures: readonly string[];
  readonly hold: readonly HandHold[];
  readonly release: readonly HandHold[];
}

/** What a role may do, from the matrix. */
export function powersOf(role: Role): Powers {
  const rows: [string, PermissionRow][] = Object.entries(PERMISSIONS);
  const holds = (verb: keyof typeof HOLD_POWERS): readonly HandHold[] =>
    (HOLD_POWERS[verb] as Partial<Record<Role, readonly HandHold[]>>)[role] ?? [];
  return {
    procedures: rows.filter(([, row]) => row.allow[role] !== undefined).map(([path]) => path),
    hold: holds('hold'),
    release: holds('release'),
  };
}
