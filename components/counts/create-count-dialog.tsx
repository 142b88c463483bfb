'use client';
import { Checkbox, MultiSelect, NumberInput, Select } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { COUNT_CHOICES, type CountChoice } from '../../server/domains/counts/schema.ts';
import { useRequestKey } from '../request-key.ts';
import { LinesField, NodeSelect, readLines, useNodes } from '../stock/lines-field.tsx';
import { shownError, useTRPC, useTRPCClient } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';

const HOW_MANY = 20;

/** Makes a sheet of what to count at a node. */
export function CreateCountDialog({ onClose }: { onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const toast = useToast();
  const router = useRouter();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const places = useNodes();
  const [chosen, setNode] = useState<string | null>(null);
  const [by, setBy] = useState<CountChoice['by']>('oldest');
  const [bins, setBins] = useState<string[]>([]);
  const [limit, setLimit] = useState(HOW_MANY);
  const [text, setText] = useState('');
  const [blind, setBlind] = useState(true);
  const nodeId = chosen ?? (places.length === 1 ? (places[0]?.id ?? null) : null);
  const known = useQuery({
    ...trpc.counts.bins.queryOptions({ nodeId: nodeId ?? '' }),
    enabled: nodeId !== null && by === 'bins',
  });
  const create = useMutation(
    trpc.counts.create.mutationOptions({
      onSuccess: ({ number, lines }) => {
        toast.success({ message: t('stockWork.counts.made', { number, count: lines }) });
        router.push(`/counts/${number}`);
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.counts.pathFilter()),
    }),
  );
  const merchantId = places.find((place) => place.id === nodeId)?.merchantId;
  const codes = [...new Set(readLines(text).map((line) => line.code))];
  const blocked =
    nodeId === null
      ? t('stockWork.chooseNode')
      : (by === 'bins' && bins.length === 0) || (by === 'skus' && codes.length === 0)
        ? t('stockWork.linesNone')
        : null;
  const choice = async (): Promise<CountChoice> => {
    if (by === 'bins') return { by, bins };
    if (by === 'all') return { by };
    if (by !== 'skus') return { by, limit };
    const found = await client.goods.find.query({ nodeId: nodeId ?? '', codes });
    return { by, skuIds: found.map((goods) => goods.skuId) };
  };
  const confirm = async () => {
    if (!merchantId || !nodeId) return;
    create.mutate(request.keyed({ merchantId, nodeId, blind, choice: await choice() }));
  };
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('stockWork.counts.create')}
      preview={null}
      verb={t('stockWork.counts.createVerb')}
      blocked={blocked}
      error={shownError(create.error)}
      busy={create.isPending}
      onConfirm={() => void confirm()}
    >
      <NodeSelect label={t('stockWork.node')} places={places} value={nodeId} onChange={setNode} />
      <Select
        label={t('stockWork.counts.chosen')}
        data={COUNT_CHOICES.map((value) => ({ value, label: t(`stockWork.counts.choices.${value}`) }))}
        value={by}
        onChange={(value) => setBy(COUNT_CHOICES.find((each) => each === value) ?? 'oldest')}
        allowDeselect={false}
      />
      {by === 'bins' && (
        <MultiSelect
          label={t('stockWork.counts.bins')}
          data={known.data ?? []}
          value={bins}
          onChange={setBins}
          searchable
          required
        />
      )}
      {by === 'skus' && <LinesField value={text} onChange={setText} hint={t('stockWork.linesHint', { more: '' })} />}
      {(by === 'oldest' || by === 'worth' || by === 'random') && (
        <NumberInput
          label={t('stockWork.counts.howMany')}
          value={limit}
          onChange={(value) => setLimit(typeof value === 'number' ? value : HOW_MANY)}
          min={1}
          max={1_000}
          allowDecimal={false}
          clampBehavior="strict"
        />
      )}
      <Checkbox label={t('stockWork.counts.blind')} checked={blind} onChange={(event) => setBlind(event.currentTarget.checked)} />
    </EffectDialog>
  );
}
