import { connectChannel } from '../channel-api.ts';
import type { ChannelKind } from '../provider.ts';

/** A marketplace that sells for many merchants: its orders come over REST as those of the channel `marketplace`. */
export const marketplace: ChannelKind = {
  traits: { name: 'marketplace', channel: 'marketplace', itemsPerMessage: 500, reportEveryMs: 15 * 60_000 },
  connect: (config) => connectChannel('marketplace', config),
};
