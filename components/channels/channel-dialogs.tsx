'use client';
import { PasswordInput, SegmentedControl, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { mayAnswer } from '../../server/domains/channels/rules.ts';
import { DRIFT_ANSWERS } from '../../server/domains/channels/schema.ts';
import type { ChannelPage, DriftRow, ListingRow } from '../../server/views/channels.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

interface ToastLink {
  readonly href: string;
  readonly label: string;
}

interface Props {
  readonly page: ChannelPage;
  readonly onClose: () => void;
}

/** What every dialog of a connection shares once it is done. */
export function useDone<R>(onClose: () => void, said: (result: R) => string, linkOf?: (result: R) => ToastLink | null) {
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  return {
    request,
    options: {
      onSuccess: (result: R) => {
        const link = linkOf?.(result);
        toast.success({ message: said(result), ...(link ? { link } : {}) });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.channels.pathFilter()),
    },
  };
}

export function PauseDialog({ page, onClose }: Props) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const { request, options } = useDone(onClose, () => t('channels.paused', { name: page.name }));
  const pause = useMutation(trpc.channels.change.mutationOptions(options));
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('channels.pauseTitle', { name: page.name })}
      preview={<p>{t('channels.pauseEffect')}</p>}
      verb={t('channels.pauseTitle', { name: page.name })}
      error={shownError(pause.error)}
      busy={pause.isPending}
      onConfirm={() => pause.mutate(request.keyed({ connectionId: page.id, status: 'paused' as const }))}
    />
  );
}

export function ResendDialog({ page, onClose }: Props) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const { request, options } = useDone(onClose, (made: { listings: number }) =>
    t('channels.resent', { count: format.number(made.listings) }),
  );
  const resend = useMutation(trpc.channels.resend.mutationOptions(options));
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('channels.resend')}
      preview={<p>{t('channels.resendEffect', { count: format.number(page.listings) })}</p>}
      verb={t('channels.resend')}
      error={shownError(resend.error)}
      busy={resend.isPending}
      onConfirm={() => resend.mutate(request.keyed({ connectionId: page.id }))}
    />
  );
}

export function SettingsDialog({ page, onClose }: Props) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const [name, setName] = useState(page.name);
  const [url, setUrl] = useState(page.url);
  const [secret, setSecret] = useState('');
  const { request, options } = useDone(onClose, () => t('channels.saved', { name: name.trim() }));
  const change = useMutation(trpc.channels.change.mutationOptions(options));
  const empty = name.trim() === '' || url.trim() === '';
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('channels.settings')}
      preview={null}
      verb={t('channels.save')}
      blocked={empty ? t('ui.required') : null}
      error={shownError(change.error)}
      busy={change.isPending}
      onConfirm={() =>
        change.mutate(
          request.keyed({
            connectionId: page.id,
            name: name.trim(),
            url: url.trim(),
            ...(secret.trim() ? { secret: secret.trim() } : {}),
          }),
        )
      }
    >
      <TextInput
        label={t('channels.name')}
        value={name}
        maxLength={80}
        required
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label={t('channels.url')}
        description={t('channels.urlHint')}
        value={url}
        maxLength={500}
        required
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <PasswordInput
        label={t('channels.newSecret')}
        description={t('channels.newSecretHint')}
        autoComplete="off"
        value={secret}
        maxLength={200}
        onChange={(event) => setSecret(event.currentTarget.value)}
      />
    </EffectDialog>
  );
}

export function RelistDialog({ page, listing, onClose }: Props & { readonly listing: ListingRow }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const [ref, setRef] = useState(listing.ref);
  const sku = listing.skuCode;
  const { request, options } = useDone(onClose, () => t('channels.relisted', { sku, ref: ref.trim() }));
  const relist = useMutation(trpc.channels.relist.mutationOptions(options));
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('channels.relistTitle', { sku })}
      preview={<p>{t('channels.relistEffect')}</p>}
      verb={t('channels.relistVerb', { ref: ref.trim() || listing.ref })}
      blocked={ref.trim() === '' ? t('ui.required') : null}
      error={shownError(relist.error)}
      busy={relist.isPending}
      onConfirm={() => relist.mutate(request.keyed({ connectionId: page.id, skuId: listing.skuId, ref: ref.trim() }))}
    >
      <TextInput
        label={t('channels.ref')}
        value={ref}
        maxLength={200}
        required
        onChange={(event) => setRef(event.currentTarget.value)}
      />
    </EffectDialog>
  );
}

/** Takes a SKU off, or lists it again. */
export function ListingDialog({ page, listing, onClose }: Props & { readonly listing: ListingRow }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const sku = listing.skuCode;
  const listed = listing.takenOff;
  const { request, options } = useDone(onClose, () => t(listed ? 'channels.isOnAgain' : 'channels.isOff', { sku }));
  const set = useMutation(trpc.channels.setListing.mutationOptions(options));
  return (
    <EffectDialog
      opened
      danger={!listed}
      onClose={onClose}
      title={t(listed ? 'channels.putOnNamed' : 'channels.takeOffNamed', { sku })}
      preview={<p>{t(listed ? 'channels.putOnEffect' : 'channels.takeOffEffect')}</p>}
      verb={t(listed ? 'channels.putOnVerb' : 'channels.takeOffVerb', { sku })}
      error={shownError(set.error)}
      busy={set.isPending}
      onConfirm={() => set.mutate(request.keyed({ connectionId: page.id, skuId: listing.skuId, listed }))}
    />
  );
}

/** A person says who is right. */
export function DriftDialog({ page, drift, onClose }: Props & { readonly drift: DriftRow }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const sku = drift.skuCode;
  const [answer, setAnswer] = useState<(typeof DRIFT_ANSWERS)[number]>(
    mayAnswer(drift, 'send_again').ok ? 'send_again' : 'ignore',
  );
  const { request, options } = useDone(
    onClose,
    ({ counts }: { counts: readonly { number: string }[] }) =>
      counts.length > 0 ? t('channels.countBegun', { sku, count: counts.length }) : t('channels.resolved', { sku }),
    ({ counts: [first] }) => (first ? { href: `/counts/${first.number}`, label: first.number } : null),
  );
  const resolve = useMutation(trpc.channels.resolveDrift.mutationOptions(options));
  const may = mayAnswer(drift, answer);
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('channels.answerTitle', { sku })}
      preview={<p>{t(`channels.answerEffects.${answer}`, { sku, ours: format.number(Number(drift.ours)) })}</p>}
      {...(answer === 'ignore' ? { reason: { required: true } } : {})}
      verb={t(`channels.answers.${answer}`)}
      blocked={may.ok ? null : may.why}
      error={shownError(resolve.error)}
      busy={resolve.isPending}
      onConfirm={(reason) =>
        resolve.mutate(request.keyed({ connectionId: page.id, driftId: drift.id, answer, ...(reason ? { reason } : {}) }))
      }
    >
      <SegmentedControl
        aria-label={t('channels.how')}
        value={answer}
        onChange={(value) => setAnswer(DRIFT_ANSWERS.find((known) => known === value) ?? 'send_again')}
        data={DRIFT_ANSWERS.map((value) => ({ value, label: t(`channels.answers.${value}`) }))}
      />
    </EffectDialog>
  );
}
