'use client';
import { Checkbox } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { mayCount } from '../../server/domains/counts/rules.ts';
import type { CountPage } from '../../server/views/counts.ts';
import { useActorName } from '../actor-name.ts';
import { useLive } from '../live.tsx';
import { useOverlay } from '../overlay.ts';
import { usePowers } from '../powers.ts';
import { PrintButton } from '../print-link.tsx';
import { useRequestKey } from '../request-key.ts';
import { StockFileDialog } from '../stock-files/file-dialog.tsx';
import { takeAway } from '../stock-files/take-away.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { Bar } from '../ui/bars.tsx';
import { CopyText } from '../ui/copy.tsx';
import { DetailLayout, KeyValue, Section } from '../ui/detail-layout.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useToast } from '../ui/toast.tsx';
import { CountSheet } from './count-sheet.tsx';

type Outcome = 'finish' | 'cancel';

function EndDialog({ page, outcome, onClose }: { page: CountPage; outcome: Outcome; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const [leave, setLeave] = useState(false);
  const { number } = page;
  const left = page.lines.filter((line) => line.status === 'open' || line.status === 'moved').length;
  const differing = page.lines.filter((line) => line.status === 'counted').length;
  const end = useMutation(
    trpc.counts.end.mutationOptions({
      onSuccess: ({ applied, waiting, approvalId }) => {
        const said = t('stockWork.counts.finished', { number, applied, waiting });
        toast.success({
          message: outcome === 'finish' ? said : t('stockWork.counts.cancelled', { number }),
          ...(approvalId ? { link: { href: '/approvals', label: t('approvals.title') } } : {}),
        });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.counts.pathFilter()),
    }),
  );
  const finishing = outcome === 'finish';
  const effect = finishing ? t('stockWork.counts.finishEffect', { count: differing }) : t('stockWork.counts.cancelEffect');
  return (
    <EffectDialog
      opened
      danger={!finishing}
      onClose={onClose}
      title={t(finishing ? 'stockWork.counts.finishTitle' : 'stockWork.counts.cancelTitle', { number })}
      preview={
        <>
          <p>{effect}</p>
          {finishing && left > 0 && <p>{t('stockWork.counts.finishLeft', { count: left })}</p>}
        </>
      }
      verb={t(finishing ? 'stockWork.counts.finishVerb' : 'stockWork.counts.cancelVerb', { number })}
      blocked={finishing && left > 0 && !leave ? t('stockWork.counts.leaveFirst') : null}
      error={shownError(end.error)}
      busy={end.isPending}
      onConfirm={() => end.mutate(request.keyed({ countId: page.id, outcome, leaveUncounted: leave }))}
    >
      {finishing && left > 0 && (
        <Checkbox
          label={t('stockWork.counts.leave')}
          checked={leave}
          onChange={(event) => setLeave(event.currentTarget.checked)}
        />
      )}
    </EffectDialog>
  );
}

function Body({ page }: { page: CountPage }) {
  const { t, word } = useMessages();
  const powers = usePowers();
  const actor = useActorName();
  const overlay = useOverlay(['finish', 'cancel', 'file']);
  const may = powers.may('counts.end');
  const verdict = mayCount(page.status);
  const reason = verdict.allowed ? null : verdict.why;
  const header = (
    <PageHeader
      breadcrumbs={[{ label: t('stockWork.counts.title'), href: '/counts' }]}
      title={<CopyText value={page.number} what={t('stockWork.counts.number')} />}
      badges={<StatusBadge kind="count" value={page.status} />}
      sub={`${page.nodeName} (${page.nodeCode}) · ${page.merchantName}`}
      secondary={<PrintButton kind="count-sheets" number={page.number} label={t('stockWork.counts.print')} />}
      primary={
        may && (
          <ActionButton label={t('stockWork.counts.finish')} keys="f" reason={reason} onClick={() => overlay.show('finish')} />
        )
      }
      menu={[
        { label: t('stockIo.exportButton'), onClick: () => takeAway(`/api/exports/count-sheet.csv?number=${page.number}`) },
        ...(may ? [{ label: t('stockIo.importButton'), reason, onClick: () => overlay.show('file') }] : []),
        ...(may ? [{ label: t('stockWork.counts.cancel'), danger: true, reason, onClick: () => overlay.show('cancel') }] : []),
      ]}
    />
  );
  const bars = page.approvalStatus === 'pending' && (
    <Bar tone="attention" title={t('stockWork.counts.waits')}>
      {t('stockWork.counts.waitsText')} <Link href="/approvals">{t('stockWork.counts.openApprovals')}</Link>
    </Bar>
  );
  const asked = page.differences.map((difference) => (
    <div key={`${difference.connectionId} ${difference.skuCode}`}>
      <Link href={`/channels/${difference.connectionId}`}>{difference.connectionName}</Link>{' '}
      {t('stockWork.counts.differs', { sku: difference.skuCode, state: t(`channels.driftStates.${difference.status}`) })}
    </div>
  ));
  const aside = (
    <Section title={t('purchasing.facts')}>
      <KeyValue
        items={[
          { label: t('stockWork.node'), value: `${page.nodeName} (${page.nodeCode})` },
          { label: t('stockWork.counts.chosen'), value: word('stockWork.counts.choices', page.chosen) },
          { label: t('stockWork.counts.created'), value: <TimeAgo at={page.createdAt} /> },
          { label: t('stock.who'), value: actor(page.createdBy) },
          ...(asked.length > 0 ? [{ label: t('stockWork.counts.asked'), value: <>{asked}</> }] : []),
          ...(page.note ? [{ label: t('purchasing.note'), value: page.note }] : []),
        ]}
      />
    </Section>
  );
  return (
    <DetailLayout header={header} bars={bars} aside={aside}>
      <CountSheet page={page} />
      {may && overlay.open === 'file' && (
        <StockFileDialog
          title={t('stockIo.countTitle', { number: page.number })}
          kind="count"
          target={{ kind: 'count', countId: page.id }}
          exportHref={`/api/exports/count-sheet.csv?number=${page.number}`}
          exportLabel={t('stockIo.countExport')}
          onClose={overlay.close}
        />
      )}
      {may && (overlay.open === 'finish' || overlay.open === 'cancel') && (
        <EndDialog page={page} outcome={overlay.open} onClose={overlay.close} />
      )}
    </DetailLayout>
  );
}

/** One count by its number. */
export function CountDetail({ number }: { number: string }) {
  const trpc = useTRPC();
  const found = useQuery(trpc.counts.get.queryOptions({ number }));
  const id = found.data?.id;
  useLive(id ? [`stock_count:${id}`, 'approval'] : [], { queryKeys: [trpc.counts.get.queryKey({ number })] });
  return (
    <Loaded data={found.data} error={shownError(found.error)} onRetry={() => void found.refetch()} lines={8}>
      {(page) => <Body page={page} />}
    </Loaded>
  );
}
