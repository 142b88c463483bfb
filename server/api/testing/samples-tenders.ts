import type { Sample } from './samples.ts';

const NIL = '00000000-0000-7000-8000-000000000000';

/** Samples of gift cards and store credit. */
export const TENDER_SAMPLES = {
  'giftCards.list': { input: () => ({}) },
  'giftCards.get': { input: () => ({ id: NIL }), foreign: [(world) => ({ id: world.northGiftCard })] },
  'giftCards.lookUp': {
    input: (world) => ({ merchantId: world.merchants[1], code: '0000-0000-0000-0000-0000' }),
    foreign: [(world) => ({ merchantId: world.merchants[0], code: '0000-0000-0000-0000-0000' })],
  },
  'giftCards.issue': {
    input: (world) => ({ merchantId: world.merchants[1], amountMinor: 1, currency: 'EUR', reason: 'sold' }),
    foreign: [
      (world) => ({ merchantId: world.merchants[0], amountMinor: 1, currency: 'EUR', reason: 'sold' }),
      (world) => ({
        merchantId: world.merchants[1],
        customerId: world.customers[0],
        amountMinor: 1,
        currency: 'EUR',
        reason: 'sold',
      }),
    ],
  },
  'giftCards.change': {
    input: () => ({ giftCardId: NIL, action: 'freeze', reason: 'Test' }),
    foreign: [(world) => ({ giftCardId: world.northGiftCard, action: 'freeze', reason: 'Test' })],
  },
  'giftCards.liabilities': {},
  'storeCredit.list': { input: () => ({}), foreign: [(world) => ({ customerId: world.customers[0] })], nothing: true },
  'storeCredit.get': { input: () => ({ id: NIL }), foreign: [(world) => ({ id: world.northStoreCredit })] },
  'storeCredit.issue': {
    input: (world) => ({
      merchantId: world.merchants[1],
      customerId: world.customers[1],
      amountMinor: 1,
      currency: 'EUR',
      reason: 'goodwill',
    }),
    foreign: [
      (world) => ({
        merchantId: world.merchants[0],
        customerId: world.customers[0],
        amountMinor: 1,
        currency: 'EUR',
        reason: 'goodwill',
      }),
      (world) => ({
        merchantId: world.merchants[1],
        customerId: world.customers[0],
        amountMinor: 1,
        currency: 'EUR',
        reason: 'goodwill',
      }),
    ],
  },
  'storeCredit.change': {
    input: () => ({ action: 'freeze', storeCreditId: NIL, reason: 'Test' }),
    foreign: [(world) => ({ action: 'freeze', storeCreditId: world.northStoreCredit, reason: 'Test' })],
  },
} satisfies Readonly<Record<string, Sample>>;
