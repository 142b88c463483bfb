import type { Metadata } from 'next';
import { Suspense } from 'react';
import { ChannelList } from '../../../components/channels/channel-list.tsx';

export const metadata: Metadata = { title: 'Connections' };

export default function ChannelsPage() {
  return (
    <Suspense>
      <ChannelList />
    </Suspense>
  );
}
