import type { Sample } from './samples.ts';

const TOKEN = 'no-such-token-but-long-enough-to-be-one';

/** Selling beyond stock, and what customers answer to a later day. */
export const WAITING_SAMPLES = {
  'pay.hold': { input: () => ({ token: TOKEN }) },
  'pay.letGo': { input: () => ({ token: TOKEN }) },
  'waiting.get': { input: () => ({ token: TOKEN }) },
  'waiting.accept': { input: () => ({ token: TOKEN, until: '2026-12-24' }) },
  'waiting.cancel': { input: () => ({ token: TOKEN }) },
  'waiting.pay': { input: () => ({ token: TOKEN, paymentToken: 'pm_card_visa' }) },
  'backorders.list': { input: () => ({}) },
  'backorders.bySku': {},
  'backorders.policy': {
    input: (world) => ({ skuId: world.skus[1] }),
    foreign: [(world) => ({ skuId: world.skus[0] })],
  },
  'backorders.setPolicy': {
    input: (world) => ({ merchantId: world.merchants[1], skuId: world.skus[1], kind: 'none' }),
    foreign: [
      (world) => ({ merchantId: world.merchants[0], skuId: world.skus[0], kind: 'none' }),
      (world) => ({ merchantId: world.merchants[0], skuId: world.skus[1], kind: 'none' }),
    ],
  },
} satisfies Readonly<Record<string, Sample>>;
