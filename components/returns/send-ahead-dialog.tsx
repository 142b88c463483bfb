'use client';
import { TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReturnView } from '../../server/views/returns.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { linesIn } from './lines-in.ts';
import { useReturnDone } from './use-return-done.ts';

/** Approves a return and sends other goods before these come back: the same ones unless somebody names others. */
export function SendAheadDialog({ view, onClose }: { view: ReturnView; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const request = useRequestKey();
  const done = useReturnDone();
  const lines = linesIn(view, 'announced');
  const same = Object.fromEntries(view.lines.map((line) => [line.lineId, line.skuCode ?? '']));
  const [skus, setSkus] = useState<Readonly<Record<string, string>>>(same);
  const [why, setWhy] = useState('');
  const advance = lines.flatMap(({ lineId, units }) => {
    const sku = skus[lineId]?.trim();
    return sku ? [{ lineId, sku, quantity: units }] : [];
  });
  const approve = useMutation(
    trpc.returns.approve.mutationOptions({ onSuccess: onClose, onError: request.failed, onSettled: done }),
  );
  const unsecured = why.trim();
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('returns.aheadTitle', { number: view.number })}
      preview={<p>{t('returns.aheadEffect')}</p>}
      verb={t('returns.approveAhead')}
      blocked={advance.length === 0 ? t('returns.aheadChoose') : null}
      error={shownError(approve.error)}
      busy={approve.isPending}
      onConfirm={() =>
        approve.mutate(request.keyed({ returnId: view.id, label: true, advance, ...(unsecured ? { unsecured } : {}) }))
      }
    >
      {lines.map(({ lineId, name, units }) => (
        <TextInput
          key={lineId}
          label={t('returns.instead', { name, units })}
          value={skus[lineId] ?? ''}
          onChange={(event) => setSkus({ ...skus, [lineId]: event.currentTarget.value })}
        />
      ))}
      <TextInput label={t('returns.aheadUnsecured')} value={why} onChange={(event) => setWhy(event.currentTarget.value)} />
    </EffectDialog>
  );
}
