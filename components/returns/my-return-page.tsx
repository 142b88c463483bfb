'use client';
import { useMutation } from '@tanstack/react-query';
import type { ReturnView } from '../../server/views/returns.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyText } from '../ui/copy.tsx';
import { DetailLayout } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { ErrorState } from '../ui/states.tsx';
import { OneReturn } from './one-return.tsx';
import { ReturnPhotos } from './photos.tsx';
import { ReturnFacts, ReturnLines, ReturnMoney, ReturnStory } from './return-parts.tsx';
import { useReturnDone } from './use-return-done.ts';

const CANCELLABLE: readonly string[] = ['requested', 'approved', 'labelled'];

function Body({ view }: { view: ReturnView }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const request = useRequestKey();
  const done = useReturnDone();
  const cancel = useMutation(trpc.returns.cancel.mutationOptions({ onError: request.failed, onSettled: done }));
  const refused = shownError(cancel.error);
  const header = (
    <PageHeader
      breadcrumbs={[{ label: view.orderNumber, href: `/account/orders/${view.orderNumber}` }]}
      title={<CopyText value={view.number} what={t('returns.number')} />}
      badges={<StatusBadge kind="return" value={view.status} />}
      sub={t('track.from', { merchant: view.merchantName })}
      secondary={
        CANCELLABLE.includes(view.status) && (
          <ActionButton
            variant="default"
            label={t('returns.cancel')}
            loading={cancel.isPending}
            onClick={() => cancel.mutate(request.keyed({ returnId: view.id }))}
          />
        )
      }
    />
  );
  return (
    <DetailLayout
      header={header}
      bars={
        <>
          <p>{t(`returns.next.${view.status}`)}</p>
          {refused && <ErrorState error={refused} />}
        </>
      }
      aside={
        <>
          <ReturnMoney view={view} />
          <ReturnFacts view={view} />
        </>
      }
    >
      <ReturnLines view={view} />
      <ReturnPhotos view={view} />
      <ReturnStory view={view} />
    </DetailLayout>
  );
}

/** One of the customer's own returns. */
export function MyReturnDetail({ number }: { number: string }) {
  return <OneReturn number={number}>{(view) => <Body view={view} />}</OneReturn>;
}
