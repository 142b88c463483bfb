import { linkToken } from '../platform/link-token.ts';
import type { ApiSettings } from './app.ts';

/** The public page on which the holder of this address follows an order's parcels. */
export function trackingUrl({ origin, secret }: Pick<ApiSettings, 'origin' | 'secret'>, orderId: string): string {
  return `${origin}/track/${linkToken('track', orderId, secret)}`;
}
