import type { Sample } from './samples.ts';

const NIL = '00000000-0000-7000-8000-000000000000';
const wish = { kind: 'marketplace', name: 'Bazaar', url: 'https://bazaar.example', secret: 'whsec_0123456789abcdef0123456789' };

/** Samples of channels' connections. */
export const CHANNEL_SAMPLES = {
  'channels.list': {},
  'channels.get': { input: () => ({ id: NIL }), foreign: [(world) => ({ id: world.northChannel })] },
  'channels.listings': {
    input: () => ({ connectionId: NIL }),
    foreign: [(world) => ({ connectionId: world.northChannel })],
    nothing: true,
  },
  'channels.connect': {
    input: (world) => ({ ...wish, merchantId: world.merchants[1] }),
    foreign: [(world) => ({ ...wish, merchantId: world.merchants[0] })],
  },
  'channels.change': {
    input: () => ({ connectionId: NIL, status: 'paused' }),
    foreign: [(world) => ({ connectionId: world.northChannel, status: 'paused' })],
  },
  'channels.resend': { input: () => ({ connectionId: NIL }), foreign: [(world) => ({ connectionId: world.northChannel })] },
  'channels.relist': {
    input: (world) => ({ connectionId: NIL, skuId: world.skus[1], ref: 'X' }),
    foreign: [(world) => ({ connectionId: world.northChannel, skuId: world.skus[0], ref: 'X' })],
  },
  'channels.setListing': {
    input: (world) => ({ connectionId: NIL, skuId: world.skus[1], listed: false }),
    foreign: [(world) => ({ connectionId: world.northChannel, skuId: world.skus[0], listed: false })],
  },
  'channels.askReport': { input: () => ({ connectionId: NIL }), foreign: [(world) => ({ connectionId: world.northChannel })] },
  'channels.resolveDrift': {
    input: () => ({ connectionId: NIL, driftId: NIL, answer: 'send_again' }),
    foreign: [(world) => ({ connectionId: world.northChannel, driftId: NIL, answer: 'send_again' })],
  },
} as const satisfies Readonly<Record<string, Sample>>;
