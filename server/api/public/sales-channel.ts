import { DomainError } from '../../kernel/errors.ts';
import { SALES_CHANNELS, type SalesChannel } from '../../kernel/vocabulary.ts';
import { sellsThrough } from '../../views/rest-lookups.ts';
import type { ApiContext } from '../context.ts';
import { words } from './fields.ts';

/** Through which channel something is sold. */
export const salesChannel = words(40).optional().meta({
  description:
    'Through which of your channels it is sold, as `GET /channels` says in `channel`: its own buffer and cap hold. Yours is `api`, which it is unless said.',
  example: 'marketplace',
});

type Caller = Pick<ApiContext, 'pool'> & { readonly scope: { readonly merchantId: string | null } };

/** The channel that was named: one that the merchant is connected to. One that is not named is the API, and asks for nothing. */
export async function channelNamed({ pool, scope }: Caller, named: string | undefined): Promise<SalesChannel> {
  if (named === undefined || named === 'api') return 'api';
  const channel = SALES_CHANNELS.find((known) => known === named);
  if (channel && (await sellsThrough(pool, scope.merchantId ?? '', channel))) return channel;
  throw new DomainError('invalid_request', `You are connected to no channel ${named}. Leave it out to sell as api.`, {
    field: 'channel',
  });
}
