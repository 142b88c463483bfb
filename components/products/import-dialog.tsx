'use client';
import { Button, Checkbox, FileInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { rejectedCsv } from '../../server/domains/catalog/rules.ts';
import { CSV_COLUMNS, MAX_CSV_BYTES } from '../../server/domains/catalog/schema.ts';
import type { ImportPreview } from '../../server/flows/import-skus.ts';
import { newId } from '../../server/kernel/ids.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { type Column, DataTable } from '../ui/data-table.tsx';
import { KeyValue, Section } from '../ui/detail-layout.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import { MerchantSelect, useMerchant } from './product-dialogs.tsx';

/** The page lists this many; the download has them all. */
const LISTED = 50;

type Rejected = ImportPreview['rejected'][number];
type Sample = ImportPreview['sample'][number];

function download(rejected: readonly Rejected[]): void {
  const url = URL.createObjectURL(new Blob([rejectedCsv(rejected)], { type: 'text/csv;charset=utf-8' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: 'rejected-lines.csv' });
  link.click();
  URL.revokeObjectURL(url);
}

function RejectedLines({ plan }: { plan: ImportPreview }) {
  const { t } = useMessages();
  const columns: Column<Rejected>[] = [
    { key: 'line', header: t('actions.import.line'), cell: (row) => row.line, card: 'endSub' },
    { key: 'sku', header: t('actions.import.sku'), cell: (row) => row.sku || t('ui.unknown'), card: 'title' },
    { key: 'why', header: t('actions.import.why'), cell: (row) => row.reason, card: 'sub' },
  ];
  const save = (
    <Button variant="default" size="compact-xs" onClick={() => download(plan.rejected)}>
      {t('actions.import.download')}
    </Button>
  );
  return (
    <Section title={t('actions.import.rejectedLines')} count={plan.rejectedCount} actions={save}>
      <DataTable
        embedded
        label={t('actions.import.rejectedLines')}
        columns={columns}
        rows={plan.rejected.slice(0, LISTED)}
        rowKey={(row) => `${row.line}:${row.sku}`}
        rowLabel={(row) => String(row.line)}
      />
      {plan.rejectedCount > LISTED && <p>{t('actions.import.more', { count: plan.rejectedCount - LISTED })}</p>}
    </Section>
  );
}

function Plan({ plan }: { plan: ImportPreview }) {
  const { t } = useMessages();
  const format = useFormat();
  const figure = (key: 'created' | 'changed' | 'unchanged', value: number) => ({
    label: t(`actions.import.${key}`),
    value: <span className="wb-number">{format.number(value)}</span>,
  });
  const columns: Column<Sample>[] = [
    { key: 'sku', header: t('actions.import.sku'), cell: (row) => row.sku, card: 'title' },
    { key: 'name', header: t('actions.import.name'), cell: (row) => row.name, card: 'sub' },
    { key: 'price', header: t('actions.import.price'), right: true, cell: (row) => row.price, card: 'end' },
    { key: 'outcome', header: t('actions.import.outcome'), cell: (row) => t(`actions.import.${row.outcome}`), card: 'endSub' },
  ];
  return (
    <>
      <KeyValue
        figures
        items={[
          figure('created', plan.created),
          figure('changed', plan.changed),
          figure('unchanged', plan.unchanged),
          {
            label: t('actions.import.rejected'),
            value: <span className="wb-number">{format.number(plan.rejectedCount)}</span>,
            strong: plan.rejectedCount > 0,
          },
        ]}
      />
      {plan.rejectedCount > 0 && <RejectedLines plan={plan} />}
      {plan.sample.length > 0 && (
        <Section title={t('actions.import.acceptedLines')}>
          <DataTable
            embedded
            label={t('actions.import.acceptedLines')}
            columns={columns}
            rows={plan.sample}
            rowKey={(row) => String(row.line)}
            rowLabel={(row) => row.sku}
          />
        </Section>
      )}
    </>
  );
}

/** Takes a product file: a dry run shows what each line would do, then it is carried out as shown. */
export function ImportDialog({ onClose }: { onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const merchant = useMerchant();
  const [file, setFile] = useState<{ readonly csv: string; readonly key: string } | null>(null);
  const [problem, setProblem] = useState<'tooLarge' | 'unreadable' | null>(null);
  const [onlyAccepted, setOnlyAccepted] = useState(false);
  const plan = useMutation(trpc.products.importPreview.mutationOptions());
  const run = useMutation(
    trpc.products.importFile.mutationOptions({
      onSuccess: (result) => {
        const message = t('actions.import.done', { count: result.created + result.changed });
        toast.success({ message, link: { href: '/products', label: t('products.title') } });
        void queryClient.invalidateQueries(trpc.products.pathFilter());
        onClose();
      },
    }),
  );
  const look = (csv: string, merchantId: string) => {
    run.reset();
    setFile({ csv, key: newId() });
    plan.mutate({ merchantId, csv });
  };
  const choose = async (chosen: File | null) => {
    setProblem(null);
    plan.reset();
    setFile(null);
    if (!chosen || merchant.id === null) return;
    if (chosen.size > MAX_CSV_BYTES) return setProblem('tooLarge');
    const bytes = await chosen.arrayBuffer();
    try {
      look(new TextDecoder('utf-8', { fatal: true }).decode(bytes), merchant.id);
    } catch {
      setProblem('unreadable');
    }
  };
  const found = plan.data;
  const count = found ? found.created + found.changed : 0;
  const blocked = !found
    ? t('actions.import.choose')
    : found.rejectedCount > 0 && !onlyAccepted
      ? t('actions.import.blocked')
      : count === 0
        ? t('actions.import.nothing')
        : null;
  const confirm = () =>
    merchant.id &&
    file &&
    found &&
    run.mutate(
      {
        merchantId: merchant.id,
        csv: file.csv,
        mode: onlyAccepted ? 'accepted' : 'all',
        fingerprint: found.fingerprint,
        idempotencyKey: `${file.key}:${found.fingerprint}`,
      },
      { onError: () => merchant.id && plan.mutate({ merchantId: merchant.id, csv: file.csv }) },
    );
  return (
    <EffectDialog
      opened
      size="lg"
      onClose={onClose}
      title={t('actions.import.title')}
      preview={plan.isPending ? undefined : found ? <Plan plan={found} /> : null}
      verb={found ? t('actions.import.verb', { count }) : t('actions.import.verbWaiting')}
      blocked={blocked}
      error={shownError(run.error ?? plan.error)}
      busy={run.isPending}
      onConfirm={confirm}
    >
      <p>{t('actions.import.columns', { columns: CSV_COLUMNS.join(', ') })}</p>
      <MerchantSelect value={merchant.id} onChange={merchant.choose} />
      <FileInput
        label={t('actions.import.file')}
        placeholder={t('actions.import.choose')}
        accept=".csv,text/csv,text/plain"
        disabled={merchant.id === null}
        onChange={(chosen) => void choose(chosen)}
        error={problem && t(`actions.import.${problem}`)}
        clearable
        clearButtonProps={{ 'aria-label': t('ui.clearSelection') }}
      />
      {found && found.rejectedCount > 0 && (
        <Checkbox
          label={t('actions.import.onlyAccepted')}
          checked={onlyAccepted}
          onChange={(event) => setOnlyAccepted(event.currentTarget.checked)}
        />
      )}
    </EffectDialog>
  );
}
