import { systemContext } from '../../../platform/system-context.ts';
import type { RestWorld } from './rest-world.ts';

/** A channel that North is connected to. */
export async function connectedChannel({ api, north }: Pick<RestWorld, 'api' | 'north'>): Promise<string> {
  const wish = { kind: 'marketplace', name: 'Bazaar', url: 'https://bazaar.example', secret: 'whsec_0123456789abcdef0123456789' };
  const { id } = await api.app.flows.channels.connect({ merchantId: north.id, ...wish }, systemContext('test', 'EU'));
  return id;
}
