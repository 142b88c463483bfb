'use client';
import { useMutation } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import type { ReturnView } from '../../server/views/returns.ts';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyText } from '../ui/copy.tsx';
import { DetailLayout } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { ErrorState } from '../ui/states.tsx';
import { InspectDialog } from './inspect-dialog.tsx';
import { OneReturn } from './one-return.tsx';
import { ReturnPhotos } from './photos.tsx';
import { DeclineDialog, ReceiveGoodsDialog } from './receive-goods-dialog.tsx';
import { ReturnFacts, ReturnLines, ReturnMoney, ReturnStory, SentAhead } from './return-parts.tsx';
import { SendAheadDialog } from './send-ahead-dialog.tsx';
import { SettleReturnDialog } from './settle-return-dialog.tsx';
import { useReturnDone } from './use-return-done.ts';

type Dialog = 'ahead' | 'decline' | 'receive' | 'inspect' | 'settle';

const ON_ITS_WAY: readonly string[] = ['approved', 'labelled', 'in_transit'];

/** What may be done now, the one next step first. */
function Actions({ view, open }: { view: ReturnView; open: (dialog: Dialog) => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const request = useRequestKey();
  const done = useReturnDone();
  const approve = useMutation(trpc.returns.approve.mutationOptions({ onError: request.failed, onSettled: done }));
  const close = useMutation(trpc.returns.close.mutationOptions({ onError: request.failed, onSettled: done }));
  const refused = shownError(approve.error ?? close.error);
  const about = { returnId: view.id };
  return (
    <>
      {refused && <ErrorState error={refused} />}
      {view.status === 'requested' && powers.may('returns.decline') && (
        <ActionButton variant="default" label={t('returns.decline')} onClick={() => open('decline')} />
      )}
      {view.status === 'requested' && view.wants === 'exchange' && powers.may('returns.approve') && (
        <ActionButton variant="default" label={t('returns.approveAhead')} onClick={() => open('ahead')} />
      )}
      {view.status === 'requested' && powers.may('returns.approve') && (
        <ActionButton
          label={t('returns.approve')}
          loading={approve.isPending}
          onClick={() => approve.mutate(request.keyed({ ...about, label: true }))}
        />
      )}
      {(ON_ITS_WAY.includes(view.status) || view.status === 'received') && powers.may('returns.receive') && (
        <ActionButton
          variant={view.status === 'received' ? 'default' : 'filled'}
          label={t('returns.receive')}
          reason={view.lines.some((line) => line.status === 'announced') ? null : t('returns.allHere')}
          onClick={() => open('receive')}
        />
      )}
      {view.status === 'received' && powers.may('returns.inspect') && (
        <ActionButton label={t('returns.inspect')} onClick={() => open('inspect')} />
      )}
      {view.status === 'inspected' && powers.may('returns.settle') && (
        <ActionButton label={t('returns.settle')} onClick={() => open('settle')} />
      )}
      {view.status === 'settled' && powers.may('returns.close') && (
        <ActionButton
          variant="default"
          label={t('returns.close')}
          loading={close.isPending}
          onClick={() => close.mutate(request.keyed(about))}
        />
      )}
    </>
  );
}

function Body({ view }: { view: ReturnView }) {
  const { t } = useMessages();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const shut = () => setDialog(null);
  const header = (
    <PageHeader
      breadcrumbs={[{ label: t('returns.title'), href: '/returns' }]}
      title={<CopyText value={view.number} what={t('returns.number')} />}
      badges={<StatusBadge kind="return" value={view.status} />}
      sub={
        <>
          <Link href={`/orders/${view.orderNumber}`}>{view.orderNumber}</Link> · {view.merchantName}
        </>
      }
      secondary={<Actions view={view} open={setDialog} />}
    />
  );
  return (
    <DetailLayout
      header={header}
      aside={
        <>
          <ReturnMoney view={view} />
          <SentAhead view={view} />
          <ReturnFacts view={view} />
        </>
      }
    >
      {dialog === 'ahead' && <SendAheadDialog view={view} onClose={shut} />}
      {dialog === 'decline' && <DeclineDialog view={view} onClose={shut} />}
      {dialog === 'receive' && <ReceiveGoodsDialog view={view} onClose={shut} />}
      {dialog === 'inspect' && <InspectDialog view={view} onClose={shut} />}
      {dialog === 'settle' && <SettleReturnDialog view={view} onClose={shut} />}
      <ReturnLines view={view} />
      <ReturnPhotos view={view} />
      <ReturnStory view={view} />
    </DetailLayout>
  );
}

/** One return by its number. */
export function ReturnDetail({ number }: { number: string }) {
  return <OneReturn number={number}>{(view) => <Body view={view} />}</OneReturn>;
}
