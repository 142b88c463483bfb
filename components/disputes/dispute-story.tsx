'use client';
import { IconScale } from '@tabler/icons-react';
import type { DisputeView } from '../../server/views/disputes.ts';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Timeline } from '../ui/timeline.tsx';

/** What happened to a dispute, the newest first. */
export function DisputeStory({ view }: { view: DisputeView }) {
  const { t, word } = useMessages();
  return (
    <Section title={t('orders.timeline')}>
      <Timeline
        items={view.story.toReversed().map(({ id, type, at }) => ({
          key: id,
          at,
          icon: IconScale,
          tone: 'neutral',
          title: word('orders.event', type),
        }))}
      />
    </Section>
  );
}
