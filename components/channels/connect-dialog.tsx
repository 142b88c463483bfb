'use client';
import { PasswordInput, Select, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { connectChannelInput } from '../../server/domains/channels/schema.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

const KIND = 'marketplace';
const LEAST_SECRET = 24;

/** Connects a merchant to a channel. */
export function ConnectDialog({ onClose }: { onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const router = useRouter();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const merchants = useQuery(trpc.people.merchants.queryOptions()).data ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const [secret, setSecret] = useState('');
  const connect = useMutation(
    trpc.channels.connect.mutationOptions({
      onSuccess: (made) => {
        toast.success({ message: t('channels.connected', { name: made.name }) });
        router.push(`/channels/${made.id}`);
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.channels.pathFilter()),
    }),
  );
  const merchantId = chosen ?? (merchants.length === 1 ? merchants[0]?.id : undefined) ?? null;
  const wanted = connectChannelInput.safeParse({ merchantId, kind: KIND, name, url, secret });
  const blocked = wanted.success
    ? null
    : merchantId === null
      ? t('channels.chooseMerchant')
      : name.trim() === '' || url.trim() === ''
        ? t('ui.required')
        : secret.trim().length < LEAST_SECRET
          ? t('channels.secretShort')
          : t('channels.urlWrong');
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('channels.connect')}
      preview={<p>{t('channels.connectEffect')}</p>}
      verb={t('channels.connectVerb', { name: name.trim() || t('channels.kinds.marketplace') })}
      blocked={blocked}
      error={shownError(connect.error)}
      busy={connect.isPending}
      onConfirm={() => wanted.success && connect.mutate(request.keyed(wanted.data))}
    >
      {merchants.length > 1 && (
        <Select
          label={t('channels.merchant')}
          data={merchants.map((merchant) => ({ value: merchant.id, label: merchant.name }))}
          value={chosen}
          onChange={setChosen}
          required
        />
      )}
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
        placeholder={t('channels.urlExample')}
        inputMode="url"
        value={url}
        maxLength={500}
        required
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <PasswordInput
        label={t('channels.secret')}
        description={t('channels.secretHint')}
        autoComplete="off"
        value={secret}
        maxLength={200}
        required
        onChange={(event) => setSecret(event.currentTarget.value)}
      />
    </EffectDialog>
  );
}
