/** What of North's these calls name. */
interface Names {
  readonly customer: string;
  readonly giftCard: string;
  readonly giftCode: string;
  readonly storeCredit: string;
}

/** Ways to name North's gift cards and store credit. */
export const FOREIGN_CREDIT = {
  'v1.giftCards.issue': [
    {
      path: () => '/gift-cards',
      body: (n: Names) => ({ amount_minor: 1, currency: 'EUR', reason: 'sold', customer_id: n.customer }),
    },
  ],
  'v1.giftCards.list': [{ path: (n: Names) => `/gift-cards?customer_id=${n.customer}`, nothing: true }],
  'v1.giftCards.get': [{ path: (n: Names) => `/gift-cards/${n.giftCard}` }],
  'v1.giftCards.lookUp': [{ path: () => '/gift-cards/lookup', body: (n: Names) => ({ code: n.giftCode }) }],
  'v1.giftCards.update': [{ path: (n: Names) => `/gift-cards/${n.giftCard}`, body: () => ({ status: 'VOID', reason: 'Mine' }) }],
  'v1.storeCredit.issue': [
    {
      path: () => '/store-credit',
      body: (n: Names) => ({ customer_id: n.customer, amount_minor: 1, currency: 'EUR', reason: 'other' }),
    },
  ],
  'v1.storeCredit.list': [{ path: (n: Names) => `/store-credit?customer_id=${n.customer}`, nothing: true }],
  'v1.storeCredit.get': [{ path: (n: Names) => `/store-credit/${n.storeCredit}` }],
  'v1.storeCredit.deduct': [
    { path: (n: Names) => `/store-credit/${n.storeCredit}/deductions`, body: () => ({ amount_minor: 1, reason: 'Mine' }) },
  ],
  'v1.storeCredit.update': [
    { path: (n: Names) => `/store-credit/${n.storeCredit}`, body: () => ({ status: 'FROZEN', reason: 'Mine' }) },
  ],
  'v1.storeCredit.liabilities': [],
} as const;
