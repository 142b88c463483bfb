'use client';
import { Modal, SegmentedControl } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { refusesResolution } from '../../server/domains/reconciliation/rules.ts';
import type { ReconciliationItem } from '../../server/views/reconciliation.ts';
import { useActorName } from '../actor-name.ts';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyText } from '../ui/copy.tsx';
import { KeyValue } from '../ui/detail-layout.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { Money } from '../ui/money.tsx';
import { Loaded } from '../ui/states.tsx';
import { useToast } from '../ui/toast.tsx';

/** Both sides of one booking, and what a person makes of it. Its address opens it. */
export function ItemDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const powers = usePowers();
  const item = useQuery(trpc.reconciliation.item.queryOptions({ id }));
  const open = item.data && refusesResolution(item.data) === null && powers.may('reconciliation.resolve');
  if (item.data && open) return <ResolveDialog item={item.data} onClose={onClose} />;
  return (
    <Modal opened onClose={onClose} title={t('reconciliation.item')} size="lg" closeButtonProps={{ 'aria-label': t('ui.close') }}>
      <Loaded data={item.data} error={shownError(item.error)} onRetry={() => void item.refetch()} lines={6}>
        {(found) => <Facts item={found} />}
      </Loaded>
    </Modal>
  );
}

function Facts({ item }: { item: ReconciliationItem }) {
  const { t, word } = useMessages();
  const format = useFormat();
  const actor = useActorName();
  const money = (amountMinor: bigint) => <Money amountMinor={amountMinor} currency={item.currency} withCode />;
  const id = (value: string, what: string) => <CopyText value={value} shown={value} what={what} mono />;
  return (
    <KeyValue
      items={[
        { label: t('reconciliation.finding'), value: <StatusBadge kind="finding" value={item.kind} /> },
        { label: t('orders.status'), value: <StatusBadge kind="difference" value={item.status} /> },
        {
          label: t('reconciliation.booking'),
          value: `${word('reconciliation.bookings', item.booking)} · ${t(`reconciliation.providers.${item.provider}`)}`,
        },
        { label: t('reconciliation.booked'), value: format.dateTime(item.occurredAt) },
        { label: t('reconciliation.theirs'), value: item.kind === 'missing_there' ? t('ui.unknown') : money(item.theirsMinor) },
        { label: t('reconciliation.ours'), value: item.kind === 'missing_here' ? t('ui.unknown') : money(item.oursMinor) },
        { label: t('reconciliation.difference'), value: money(item.theirsMinor - item.oursMinor), strong: true },
        ...(item.orderNumber
          ? [
              {
                label: t('payments.order'),
                value: <Link href={`/orders/${encodeURIComponent(item.orderNumber)}`}>{item.orderNumber}</Link>,
              },
            ]
          : []),
        ...(item.reference
          ? [{ label: t('reconciliation.reference'), value: id(item.reference, t('reconciliation.reference')) }]
          : []),
        ...(item.externalId
          ? [{ label: t('reconciliation.externalId'), value: id(item.externalId, t('reconciliation.externalId')) }]
          : []),
        ...(item.note ? [{ label: t('reconciliation.note'), value: item.note }] : []),
        ...(item.resolvedBy ? [{ label: t('reconciliation.resolvedBy'), value: actor(item.resolvedBy) }] : []),
        ...(item.status === 'awaiting_approval'
          ? [{ label: t('approvals.title'), value: <Link href="/approvals">{t('reconciliation.toApprovals')}</Link> }]
          : []),
      ]}
    />
  );
}

function ResolveDialog({ item, onClose }: { item: ReconciliationItem; onClose: () => void }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const [resolution, setResolution] = useState<'explain' | 'write_off'>('explain');
  const resolve = useMutation(
    trpc.reconciliation.resolve.mutationOptions({
      onSuccess: ({ status }) => {
        const waits = status === 'awaiting_approval';
        toast.success({
          message: t(waits ? 'reconciliation.asked' : 'reconciliation.explained'),
          ...(waits ? { link: { href: '/approvals', label: t('approvals.title') } } : {}),
        });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.reconciliation.pathFilter()),
    }),
  );
  const difference = item.theirsMinor - item.oursMinor;
  const amount = format.money(difference < 0n ? -difference : difference, item.currency);
  const effect = resolution === 'explain' ? 'explainEffect' : difference > 0n ? 'writeOffMore' : 'writeOffLess';
  return (
    <EffectDialog
      opened
      size="lg"
      onClose={onClose}
      title={t('reconciliation.resolveTitle')}
      preview={<p>{t(`reconciliation.${effect}`, { amount })}</p>}
      reason={{ required: true }}
      verb={resolution === 'explain' ? t('reconciliation.explain') : t('reconciliation.writeOff', { amount })}
      error={shownError(resolve.error)}
      busy={resolve.isPending}
      onConfirm={(note) => resolve.mutate(request.keyed({ itemId: item.id, resolution, note, version: Number(item.version) }))}
    >
      <Facts item={item} />
      <SegmentedControl
        aria-label={t('reconciliation.how')}
        value={resolution}
        onChange={(value) => setResolution(value === 'write_off' ? 'write_off' : 'explain')}
        data={[
          { value: 'explain', label: t('reconciliation.byExplaining') },
          { value: 'write_off', label: t('reconciliation.byWritingOff') },
        ]}
      />
    </EffectDialog>
  );
}
