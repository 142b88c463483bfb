'use client';
import { Button, Group, NumberInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { CountLineView, CountPage } from '../../server/views/counts.ts';
import { useRequestKey } from '../request-key.ts';
import { ScanLine } from '../stock/scan-line.tsx';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useMessages } from '../ui/locale.tsx';
import { Quantity } from '../ui/money.tsx';
import { useToast } from '../ui/toast.tsx';

/** What somebody typed of a line, and the version of the record that they were looking at when they began. */
interface Typed {
  readonly counted: number;
  readonly seenVersion: number;
}

function useColumns(
  page: CountPage,
  counting: boolean,
  field: (line: CountLineView) => React.ReactNode,
): Column<CountLineView>[] {
  const { t } = useMessages();
  const shown = !page.blind || !counting;
  const unknown = t('ui.unknown');
  return [
    { key: 'bin', header: t('stockWork.counts.bin'), cell: (line) => line.bin ?? unknown, card: 'sub' },
    { key: 'sku', header: t('stockWork.sku'), cell: (line) => line.skuCode, card: 'title' },
    { key: 'name', header: t('stockWork.name'), cell: (line) => line.skuName, wideOnly: true, fluid: true },
    ...(shown
      ? [
          {
            key: 'recorded',
            header: t('stockWork.counts.recorded'),
            right: true,
            cell: (line: CountLineView) => <Quantity value={line.expected ?? line.onHand ?? 0n} />,
          },
        ]
      : []),
    {
      key: 'counted',
      header: t('stockWork.counts.counted'),
      right: true,
      card: 'actions',
      cell: (line) => (counting ? field(line) : line.counted === null ? unknown : <Quantity value={line.counted} />),
    },
    ...(shown
      ? [
          {
            key: 'difference',
            header: t('stockWork.counts.difference'),
            right: true,
            cell: (line: CountLineView) =>
              line.counted === null || line.expected === null ? unknown : <Quantity value={line.counted - line.expected} />,
          },
        ]
      : []),
    {
      key: 'state',
      header: t('stockWork.counts.line'),
      cell: (line) => <StatusBadge kind="countLine" value={line.status} />,
      card: 'end',
    },
  ];
}

/** The sheet: figures are typed line by line, or a scan jumps to the line; saved together as often as somebody likes. */
export function CountSheet({ page }: { page: CountPage }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const [typed, setTyped] = useState<ReadonlyMap<string, Typed>>(new Map());
  const fields = useRef(new Map<string, HTMLInputElement>());
  const counting = page.status === 'counting';
  const record = useMutation(
    trpc.counts.record.mutationOptions({
      onSuccess: ({ again }, { lines }) => {
        setTyped(new Map());
        if (again.length > 0) toast.error({ kind: 'refused', message: t('stockWork.counts.again', { count: again.length }) });
        else toast.success({ message: t('stockWork.counts.saved', { count: lines.length }) });
      },
      onError: (error) => {
        request.failed(error);
        toast.error(shownError(error));
      },
      onSettled: () => queryClient.invalidateQueries(trpc.counts.pathFilter()),
    }),
  );
  const type = (line: CountLineView, value: number | string) =>
    setTyped((before) => {
      const next = new Map(before);
      if (typeof value !== 'number') next.delete(line.id);
      else next.set(line.id, { counted: value, seenVersion: before.get(line.id)?.seenVersion ?? Number(line.version) });
      return next;
    });
  const field = (line: CountLineView) => (
    <NumberInput
      ref={(element) => {
        if (element) fields.current.set(line.id, element);
      }}
      aria-label={t('stockWork.counts.countedOf', { sku: line.skuCode })}
      value={typed.get(line.id)?.counted ?? (line.counted === null ? '' : Number(line.counted))}
      onChange={(value) => type(line, value)}
      min={0}
      max={10_000_000}
      allowDecimal={false}
      hideControls
      size="xs"
      w={80}
    />
  );
  const columns = useColumns(page, counting, field);
  const scan = (code: string): boolean => {
    const line = page.lines.find((each) => each.skuCode.toLowerCase() === code.toLowerCase() || each.barcode === code);
    if (line) fields.current.get(line.id)?.select();
    return line !== undefined;
  };
  const save = () =>
    record.mutate(request.keyed({ countId: page.id, lines: [...typed].map(([lineId, figures]) => ({ lineId, ...figures })) }));
  const actions = counting && (
    <Group gap="xs">
      <ScanLine
        label={t('stockWork.counts.scan')}
        unknown={(code) => t('stockWork.counts.scanNothing', { code })}
        onScan={scan}
      />
      <Button size="xs" disabled={typed.size === 0} loading={record.isPending} onClick={save}>
        {t('stockWork.counts.save', { count: typed.size })}
      </Button>
    </Group>
  );
  return (
    <Section title={t('stockWork.counts.sheet')} count={page.lines.length} actions={actions || undefined}>
      <DataTable
        embedded
        label={t('stockWork.counts.sheet')}
        columns={columns}
        rows={page.lines}
        rowKey={(line) => line.id}
        rowLabel={(line) => line.skuCode}
      />
    </Section>
  );
}
