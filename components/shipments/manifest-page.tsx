'use client';
import { TextInput, VisuallyHidden } from '@mantine/core';
import { IconBarcode } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { type FormEvent, useRef, useState } from 'react';
import type { ManifestPage } from '../../server/views/manifests.ts';
import { useLive } from '../live.tsx';
import { usePowers } from '../powers.ts';
import { PrintButton } from '../print-link.tsx';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { CopyText } from '../ui/copy.tsx';
import { DetailLayout, KeyValue, Section } from '../ui/detail-layout.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { Loaded, useErrorText } from '../ui/states.tsx';
import { TimeAgo } from '../ui/time-ago.tsx';
import { useToast } from '../ui/toast.tsx';
import classes from './parcels.module.css';
import { useParcelDone } from './use-parcel-done.ts';

function useHandOver(onSuccess?: () => void) {
  const trpc = useTRPC();
  const toast = useToast();
  const done = useParcelDone();
  const request = useRequestKey();
  const handOver = useMutation(
    trpc.manifests.handOver.mutationOptions({
      onSuccess: ({ left }) => {
        for (const { why } of left) toast.error({ kind: 'refused', message: why });
        onSuccess?.();
      },
      onError: request.failed,
      onSettled: done,
    }),
  );
  return { handOver, request };
}

/** Takes what a scanner reads off a parcel: it counts as handed over. */
function ScanParcel({ manifestId }: { manifestId: string }) {
  const { t } = useMessages();
  const text = useErrorText();
  const field = useRef<HTMLInputElement>(null);
  const { handOver, request } = useHandOver();
  const error = shownError(handOver.error);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const code = field.current?.value.trim() ?? '';
    if (code !== '' && !handOver.isPending) handOver.mutate(request.keyed({ manifestId, trackingNumbers: [code] }));
    field.current?.select();
  };
  return (
    <form onSubmit={submit} className={classes.scan}>
      <TextInput
        ref={field}
        autoFocus
        label={t('parcels.scanParcel')}
        autoComplete="off"
        spellCheck={false}
        leftSection={<IconBarcode size={16} aria-hidden />}
        error={error ? text(error) : null}
      />
    </form>
  );
}

function HandOverDialog({ page, onClose }: { page: ManifestPage; onClose: () => void }) {
  const { t } = useMessages();
  const { handOver, request } = useHandOver(onClose);
  const { id: manifestId, number } = page.manifest;
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('parcels.handAllTitle', { number })}
      preview={<p>{t('parcels.handAllEffect')}</p>}
      verb={t('parcels.handAll')}
      error={shownError(handOver.error)}
      busy={handOver.isPending}
      onConfirm={() => handOver.mutate(request.keyed({ manifestId, finish: true }))}
    />
  );
}

function Body({ page }: { page: ManifestPage }) {
  const { manifest, parcels } = page;
  const { t, word } = useMessages();
  const powers = usePowers();
  const [open, setOpen] = useState(false);
  const may = powers.may('manifests.handOver');
  const why = manifest.status === 'closed' ? null : t(manifest.status === 'closing' ? 'parcels.notClosed' : 'parcels.over');
  const header = (
    <PageHeader
      breadcrumbs={[{ label: t('parcels.manifests'), href: '/shipments/manifests' }]}
      title={<CopyText value={manifest.number} what={t('parcels.manifest')} />}
      badges={<StatusBadge kind="manifest" value={manifest.status} />}
      secondary={<PrintButton kind="manifests" number={manifest.number} label={t('parcels.print')} />}
      primary={may ? <ActionButton label={t('parcels.handAll')} reason={why} onClick={() => setOpen(true)} /> : undefined}
      sub={manifest.merchantName}
    />
  );
  const aside = (
    <Section title={t('shipments.facts')}>
      <KeyValue
        items={[
          { label: t('shipments.node'), value: manifest.nodeName },
          { label: t('orders.carrier'), value: word('shipments.carriers', manifest.carrier) },
          { label: t('parcels.handedOver'), value: `${manifest.handedOver} / ${manifest.parcels}` },
          { label: t('parcels.leftBehind'), value: manifest.leftBehind },
          { label: t('parcels.created'), value: <TimeAgo at={manifest.createdAt} /> },
        ]}
      />
      {manifest.error && <p className={classes.dim}>{manifest.error}</p>}
    </Section>
  );
  return (
    <DetailLayout header={header} aside={aside}>
      <Section title={t('parcels.title')} count={parcels.length}>
        {may && manifest.status === 'closed' && <ScanParcel manifestId={manifest.id} />}
        <ul className={classes.list}>
          {parcels.map((parcel) => (
            <li key={parcel.parcelId} className={classes.parcel}>
              <div className={classes.head}>
                <span className="wb-mono">{parcel.trackingNumber}</span>
                <Link href={`/shipments/${parcel.shipmentNumber}`}>{parcel.shipmentNumber}</Link>
                {parcel.boxNumber !== null && <span>{t('parcels.box', { number: parcel.boxNumber })}</span>}
                <span className={classes.dim}>{[parcel.city, parcel.country].filter(Boolean).join(', ')}</span>
                <span className={classes.end}>
                  <StatusBadge kind="manifestParcel" value={parcel.status} />
                </span>
              </div>
            </li>
          ))}
        </ul>
      </Section>
      {open && <HandOverDialog page={page} onClose={() => setOpen(false)} />}
    </DetailLayout>
  );
}

/** One manifest by its number: its parcels are handed over one scan at a time, or all at once. */
export function ManifestDetail({ number }: { number: string }) {
  const trpc = useTRPC();
  const manifest = useQuery(trpc.manifests.get.queryOptions({ number }));
  useLive(['order'], { queryKeys: [trpc.manifests.get.queryKey({ number })] });
  return (
    <>
      {manifest.error && <VisuallyHidden component="h1">{number}</VisuallyHidden>}
      <Loaded data={manifest.data} error={shownError(manifest.error)} onRetry={() => void manifest.refetch()} lines={8}>
        {(page) => <Body page={page} />}
      </Loaded>
    </>
  );
}
