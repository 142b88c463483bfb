'use client';
import { Select } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ReturnView } from '../../server/views/returns.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { QuantityInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import { linesIn } from './lines-in.ts';
import { useReturnDone } from './use-return-done.ts';

/** More than was announced may be in the parcel. */
const MANY = 1_000;

/** Counts what came back: as announced unless somebody says otherwise. */
export function ReceiveGoodsDialog({ view, onClose }: { view: ReturnView; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const request = useRequestKey();
  const done = useReturnDone();
  const nodes = useQuery(trpc.manifests.nodes.queryOptions());
  const own = (nodes.data ?? []).filter((node) => node.merchantName === view.merchantName);
  const [chosen, setNode] = useState<string | null>(null);
  const nodeId = chosen ?? view.nodeId ?? own[0]?.id ?? null;
  const lines = linesIn(view, 'announced');
  const [counted, setCounted] = useState<Readonly<Record<string, number | null>>>({});
  const of = (lineId: string, units: number): number | null => (counted[lineId] === undefined ? units : counted[lineId]);
  const receive = useMutation(
    trpc.returns.receive.mutationOptions({ onSuccess: onClose, onError: request.failed, onSettled: done }),
  );
  const here = lines.flatMap(({ lineId, units }) => {
    const quantity = of(lineId, units);
    return quantity ? [{ lineId, quantity }] : [];
  });
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('returns.receiveTitle', { number: view.number })}
      preview={<p>{t('returns.receiveEffect')}</p>}
      reason={{ required: false }}
      verb={t('returns.receive')}
      blocked={here.length === 0 || nodeId === null ? t('returns.chooseUnits') : null}
      error={shownError(receive.error)}
      busy={receive.isPending}
      onConfirm={(note) =>
        nodeId && receive.mutate(request.keyed({ returnId: view.id, nodeId, lines: here, ...(note ? { note } : {}) }))
      }
    >
      <Select
        label={t('returns.at')}
        data={own.map((node) => ({ value: node.id, label: node.name }))}
        value={nodeId}
        onChange={setNode}
        allowDeselect={false}
      />
      {lines.map(({ lineId, name, units }) => (
        <QuantityInput
          key={lineId}
          label={t('returns.counted', { name, units })}
          value={of(lineId, units)}
          onChange={(quantity) => setCounted({ ...counted, [lineId]: quantity })}
          max={MANY}
        />
      ))}
    </EffectDialog>
  );
}

/** Says no, and why: the customer reads it. */
export function DeclineDialog({ view, onClose }: { view: ReturnView; onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const request = useRequestKey();
  const done = useReturnDone();
  const decline = useMutation(
    trpc.returns.decline.mutationOptions({ onSuccess: onClose, onError: request.failed, onSettled: done }),
  );
  return (
    <EffectDialog
      opened
      danger
      onClose={onClose}
      title={t('returns.declineTitle', { number: view.number })}
      preview={<p>{t('returns.declineEffect')}</p>}
      reason={{ required: true }}
      verb={t('returns.decline')}
      error={shownError(decline.error)}
      busy={decline.isPending}
      onConfirm={(reason) => decline.mutate(request.keyed({ returnId: view.id, reason }))}
    />
  );
}
