import type { Limit } from '../rate-limit.ts';

const MINUTE_MS = 60_000;

/**
 * How often the doors may be tried. By address they stop one machine that tries many accounts (an office behind one address still
 * fits); by account they stop many machines that try one.
 */
export const LIMITS = {
  signInByIp: { name: 'sign-in-by-ip', burst: 30, periodMs: 5 * MINUTE_MS },
  signInByEmail: { name: 'sign-in-by-email', burst: 10, periodMs: 15 * MINUTE_MS },
  resetByIp: { name: 'reset-by-ip', burst: 10, periodMs: 60 * MINUTE_MS },
  resetByEmail: { name: 'reset-by-email', burst: 3, periodMs: 60 * MINUTE_MS },
  /** Six digits, three steps accepted: 5 tries in 15 minutes are a chance of 1 in 67,000. */
  totpByUser: { name: 'totp-by-user', burst: 5, periodMs: 15 * MINUTE_MS },
  tokenByIp: { name: 'token-by-ip', burst: 30, periodMs: 5 * MINUTE_MS },
  /** A page of the shop asks a few times; somebody who clicks fast stays far below this, a copying machine does not. */
  shopByIp: { name: 'shop-by-ip', burst: 300, periodMs: MINUTE_MS },
  /** Opening a checkout writes a row: more than anybody buys, less than a flood. */
  openCheckoutByIp: { name: 'open-checkout-by-ip', burst: 120, periodMs: MINUTE_MS },
  /** Holding a cart's units keeps them from others: more than anybody buys, too little to empty a shelf. */
  holdByIp: { name: 'hold-by-ip', burst: 60, periodMs: 10 * MINUTE_MS },
  /** A page that waits for the bank asks once a second, also from several tabs. */
  payByIp: { name: 'pay-by-ip', burst: 900, periodMs: MINUTE_MS },
  /** A code has 80 secret bits: these only keep guessing from costing anything. Whoever finds a card starts anew. */
  giftCardByIp: { name: 'gift-card-by-ip', burst: 10, periodMs: 10 * MINUTE_MS },
  giftCardByMerchant: { name: 'gift-card-by-merchant', burst: 600, periodMs: 10 * MINUTE_MS },
  trackingByIp: { name: 'tracking-by-ip', burst: 60, periodMs: MINUTE_MS },
  /** Each address that a customer sends to, asks or looks up: more than a round of friends, too few to find out who is a customer. */
  walletAddressByCustomer: { name: 'wallet-address-by-customer', burst: 60, periodMs: 60 * MINUTE_MS },
} as const satisfies Record<string, Limit>;
