import type { Metadata } from 'next';
import { Suspense } from 'react';
import { ChannelDetail } from '../../../../components/channels/channel-page.tsx';

export const metadata: Metadata = { title: 'Connection' };

interface Props {
  readonly params: Promise<{ id: string }>;
}

export default async function ChannelPage({ params }: Props) {
  return (
    <Suspense>
      <ChannelDetail id={decodeURIComponent((await params).id)} />
    </Suspense>
  );
}
