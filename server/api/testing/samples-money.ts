import type { ProcedurePath } from '../root.ts';
import type { Sample } from './samples.ts';

const IBAN = 'DE89370400440532013000';
const NIL = '00000000-0000-7000-8000-000000000000';
const NONE: Sample = {};
const EMPTY: Sample = { input: () => ({}) };

/** Money at the edges of the house: what providers report, and what is on its way. */
export const MONEY_SAMPLES = {
  'payments.record': {
    input: (world) => ({ orderId: world.orders[1], amountMinor: 1, currency: 'EUR', reference: 'E2E', occurredOn: '2026-11-20' }),
  },
  'paymentGateways.list': NONE,
  'paymentGateways.set': {
    input: (world) => ({ merchantId: world.merchants[1], gateways: [{ gateway: 'card' }] }),
    foreign: [(world) => ({ merchantId: world.merchants[0], gateways: [{ gateway: 'card' }] })],
  },
  'gl.accounts': {
    input: (world) => ({ merchantId: world.merchants[1] }),
    foreign: [(world) => ({ merchantId: world.merchants[0] })],
  },
  'invoices.list': { input: () => ({}) },
  'invoices.ofOrder': {
    input: (world) => ({ orderId: world.orders[1] }),
    foreign: [(world) => ({ orderId: world.orders[0] })],
    nothing: true,
  },
  'invoices.taxReport': {
    input: (world) => ({ from: '2026-11-01', to: '2026-11-30', merchantId: world.merchants[1] }),
    foreign: [(world) => ({ from: '2026-11-01', to: '2026-11-30', merchantId: world.merchants[0] })],
  },
  'invoices.profiles': {},
  'invoices.saveProfile': {
    input: (world) => invoiceProfile(world.merchants[1]),
    foreign: [(world) => invoiceProfile(world.merchants[0])],
  },
  'gl.totals': {
    input: (world) => ({ from: '2026-11-01', to: '2026-11-30', currency: null, merchantId: world.merchants[1] }),
    foreign: [(world) => ({ from: '2026-11-01', to: '2026-11-30', currency: null, merchantId: world.merchants[0] })],
  },
  'gl.save': {
    input: (world) => ({
      kind: 'psp_fees',
      merchantId: world.merchants[1],
      account: { number: '6110', name: 'Fees' },
      version: 0,
    }),
    foreign: [
      (world) => ({ kind: 'psp_fees', merchantId: world.merchants[0], account: { number: '6110', name: 'Fees' }, version: 0 }),
    ],
  },
  'payouts.payIns': EMPTY,
  'payouts.countPayIns': NONE,
  'payouts.assignPayIn': { input: () => ({ bankRef: 'pi_none', walletId: NIL, note: 'Hers' }) },
  'payouts.merchants': NONE,
  'payouts.owed': { input: () => ({ merchantId: NIL }) },
  'payouts.list': { input: () => ({ merchantId: NIL }) },
  'payouts.addAccount': { input: () => ({ merchantId: NIL, iban: IBAN, holder: 'North' }) },
  'payouts.pay': { input: () => ({ merchantId: NIL, bankAccountId: NIL, currency: 'EUR', amountMinor: 1 }) },
  'rails.topUpByCard': {
    input: () => ({ walletId: NIL, amountMinor: 1, token: 'pm_card_visa' }),
    foreign: [(world) => ({ walletId: world.northWallet, amountMinor: 1, token: 'pm_card_visa' })],
  },
  'rails.topUpByBank': {
    input: () => ({ walletId: NIL, amountMinor: 1 }),
    foreign: [(world) => ({ walletId: world.northWallet, amountMinor: 1 })],
  },
  'rails.topUp': { input: () => ({ id: NIL }), foreign: [(world) => ({ id: world.northTopUp })] },
  'rails.cardFields': NONE,
  'rails.onTheWay': { input: () => ({ walletId: NIL }), foreign: [(world) => ({ walletId: world.northWallet })] },
  'rails.collectionAccount': { input: () => ({ currency: 'EUR' }) },
  'rails.bankAccounts': NONE,
  'rails.addBankAccount': { input: () => ({ iban: IBAN, holder: 'Ana' }) },
  'rails.removeBankAccount': {
    input: () => ({ bankAccountId: NIL }),
    foreign: [(world) => ({ bankAccountId: world.northBankAccount })],
  },
  'rails.withdraw': {
    input: () => ({ walletId: NIL, bankAccountId: NIL, amountMinor: 1 }),
    foreign: [
      (world) => ({ walletId: world.northWallet, bankAccountId: NIL, amountMinor: 1 }),
      (world) => ({ walletId: NIL, bankAccountId: world.northBankAccount, amountMinor: 1 }),
    ],
  },
  'reconciliation.list': EMPTY,
  'reconciliation.item': { input: () => ({ id: NIL }) },
  'reconciliation.count': NONE,
  'reconciliation.runs': EMPTY,
  'reconciliation.start': { input: () => ({ provider: 'card', from: '2026-11-01', to: '2026-11-01' }) },
  'reconciliation.resolve': { input: () => ({ itemId: NIL, resolution: 'explain', note: 'Known' }) },
} satisfies Partial<Record<ProcedurePath, Sample>>;

function invoiceProfile(merchantId: string) {
  const address = { line1: 'Am Markt 1', city: 'Bremen', country: 'DE' };
  return { merchantId, legalName: 'Anybody GmbH', taxNumber: 'DE1', prefix: 'ANY', address };
}
