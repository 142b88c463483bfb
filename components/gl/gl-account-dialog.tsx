'use client';
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { saveGlAccountInput } from '../../server/domains/gl/schema.ts';
import type { GlRow } from '../../server/views/gl/mappings.ts';
import { ChangesPreview } from '../changes-preview.tsx';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

interface Props {
  readonly row: GlRow;
  readonly merchantId: string | null;
  readonly onClose: () => void;
}

/** Gives a kind of account its number and name in the books, or takes them away again. */
export function GlAccountDialog({ row, merchantId, onClose }: Props) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const [number, setNumber] = useState(row.account.number);
  const [name, setName] = useState(row.account.name);
  const kind = t(`gl.kinds.${row.kind}`);
  const save = useMutation(
    trpc.gl.save.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t('gl.saved', { kind }) });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.gl.pathFilter()),
    }),
  );
  const input = { kind: row.kind, merchantId, version: row.version };
  const wanted = saveGlAccountInput.safeParse({ ...input, account: { number, name } });
  const badNumber = number.trim() !== '' && !saveGlAccountInput.safeParse({ ...input, account: { number, name: 'x' } }).success;
  const same = number.trim() === row.account.number && name.trim() === row.account.name;
  const set = row.from === (merchantId === null ? 'general' : 'own');
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('gl.changeOf', { kind })}
      preview={<ChangesPreview changes={[]} error={save.error} />}
      verb={wanted.success ? t('gl.save', { number: number.trim() }) : t('gl.saveWaiting')}
      blocked={same ? t('gl.same') : wanted.success ? null : t('ui.required')}
      error={shownError(save.error)}
      busy={save.isPending}
      onConfirm={() => save.mutate(request.keyed({ ...input, account: { number: number.trim(), name: name.trim() } }))}
    >
      <TextInput
        label={t('gl.number')}
        description={t('gl.numberHint')}
        required
        maxLength={20}
        value={number}
        error={badNumber ? t('gl.numberHint') : undefined}
        onChange={(event) => setNumber(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        label={t('gl.name')}
        required
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {set && (
        <Button
          variant="default"
          loading={save.isPending}
          onClick={() => save.mutate(request.keyed({ ...input, account: null }))}
        >
          {t(merchantId === null ? 'gl.reset' : 'gl.resetOwn')}
        </Button>
      )}
    </EffectDialog>
  );
}
