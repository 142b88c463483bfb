import { createHmac } from 'node:crypto';

/** A shop of the demo. The first one is the demo merchant's. */
export interface DemoShop {
  readonly slug: string;
  readonly name: string;
  readonly currency: string;
  readonly country: string;
  readonly pricesIncludeTax: boolean;
}

export const DEMO_SHOPS: readonly DemoShop[] = [
  { slug: 'nordlicht', name: 'Nordlicht Outdoor', currency: 'EUR', country: 'DE', pricesIncludeTax: true },
  { slug: 'harbour-lane', name: 'Harbour & Lane', currency: 'GBP', country: 'GB', pricesIncludeTax: false },
  { slug: 'kumo', name: 'Kumo Stationery', currency: 'JPY', country: 'JP', pricesIncludeTax: true },
];

/**
 * The test API key of a demo shop. It is derived from the installation's own data key, so that `npm start` can show it each time
 * although only its hash is stored, and no two installations share one.
 */
export function demoApiKey(slug: string, dataKey: string): string {
  return `wb_test_${createHmac('sha256', dataKey).update(`demo-api-key:${slug}`).digest('base64url')}`;
}
