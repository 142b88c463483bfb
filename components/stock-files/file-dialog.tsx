'use client';
import { Anchor, Checkbox, FileInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type DragEvent, type ReactNode, useState } from 'react';
import { FILE_COLUMNS, MAX_FILE_BYTES, type StockFileInput } from '../../server/domains/stock-files/schema.ts';
import { newId } from '../../server/kernel/ids.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import classes from './file-dialog.module.css';
import { FilePreviewView } from './file-preview.tsx';

/** What a file is about: a merchant's levels or purchase orders, one count, one purchase order. */
export type FileTarget = StockFileInput extends infer T
  ? T extends StockFileInput
    ? Omit<T, 'csv' | 'mode' | 'fingerprint'>
    : never
  : never;

interface Chosen {
  readonly csv: string;
  readonly key: string;
}

/** The chosen file as text, or why it is none. */
function useFile(look: (file: Chosen) => void, forget: () => void) {
  const [file, setFile] = useState<Chosen | null>(null);
  const [problem, setProblem] = useState<'tooLarge' | 'unreadable' | null>(null);
  const choose = async (chosen: File | null) => {
    setProblem(null);
    forget();
    setFile(null);
    if (!chosen) return;
    if (chosen.size > MAX_FILE_BYTES) return setProblem('tooLarge');
    try {
      const csv = new TextDecoder('utf-8', { fatal: true }).decode(await chosen.arrayBuffer());
      const next = { csv, key: newId() };
      setFile(next);
      look(next);
    } catch {
      setProblem('unreadable');
    }
  };
  return { file, problem, choose };
}

/** Where a file is dropped, or chosen. */
function DropZone({
  disabled,
  problem,
  onChoose,
}: {
  readonly disabled: boolean;
  readonly problem: 'tooLarge' | 'unreadable' | null;
  readonly onChoose: (file: File | null) => void;
}) {
  const { t } = useMessages();
  const [over, setOver] = useState(false);
  const drag = (is: boolean) => (event: DragEvent) => {
    event.preventDefault();
    setOver(is && !disabled);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!disabled) onChoose(event.dataTransfer.files[0] ?? null);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut for the field inside, which takes the keyboard
    <div className={classes.drop} data-over={over || undefined} onDragOver={drag(true)} onDragLeave={drag(false)} onDrop={drop}>
      <FileInput
        label={t('actions.import.file')}
        description={t('stockIo.drop')}
        placeholder={t('actions.import.choose')}
        accept=".csv,text/csv,text/plain"
        disabled={disabled}
        onChange={onChoose}
        error={problem && t(`stockIo.${problem}`)}
        clearable
        clearButtonProps={{ 'aria-label': t('ui.clearSelection') }}
      />
    </div>
  );
}

interface Props {
  readonly title: string;
  /** Null while somebody still has to choose a merchant. */
  readonly target: FileTarget | null;
  readonly kind: StockFileInput['kind'];
  /** Where the file is downloaded that this one is a changed copy of. */
  readonly exportHref: string | null;
  readonly exportLabel: string;
  readonly hint?: string;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

/** Takes a file of stock work: a dry run shows what each line would do and what is wrong with which, then it is done as it was shown. */
export function StockFileDialog({ title, target, kind, exportHref, exportLabel, hint, onClose, children }: Props) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const [onlyAccepted, setOnlyAccepted] = useState(false);
  const plan = useMutation(trpc.stockFiles.preview.mutationOptions());
  const inputOf = (csv: string): StockFileInput => ({ ...(target as FileTarget), csv, mode: 'all' }) as StockFileInput;
  const { file, problem, choose } = useFile(
    ({ csv }) => target && plan.mutate(inputOf(csv)),
    () => plan.reset(),
  );
  const run = useMutation(
    trpc.stockFiles.carryOut.mutationOptions({
      onSuccess: ({ changed, approvalId, numbers }) => {
        const made = numbers.length > 0 ? t('stockIo.made', { numbers: numbers.slice(0, 5).join(', ') }) : null;
        toast.success({
          message: made ?? t(approvalId ? 'stockIo.doneWaits' : 'stockIo.done', { count: changed }),
          ...(approvalId ? { link: { href: '/approvals', label: t('approvals.title') } } : {}),
        });
        onClose();
      },
      onSettled: () => queryClient.invalidateQueries(),
    }),
  );
  const found = plan.data;
  const count = found?.changed ?? 0;
  const rejects = found ? found.rejectedCount > 0 : false;
  const blocked = !found
    ? t('actions.import.choose')
    : rejects && !onlyAccepted
      ? t('actions.import.blocked')
      : count === 0
        ? t('actions.import.nothing')
        : null;
  const confirm = () => {
    if (!file || !found || !target) return;
    const mode = onlyAccepted ? ('accepted' as const) : ('all' as const);
    const wish = {
      ...inputOf(file.csv),
      mode,
      fingerprint: found.fingerprint,
      idempotencyKey: `${file.key}:${found.fingerprint}:${mode}`,
    };
    run.mutate(wish, { onError: () => plan.mutate(inputOf(file.csv)) });
  };
  return (
    <EffectDialog
      opened
      size="lg"
      onClose={onClose}
      title={title}
      preview={plan.isPending ? undefined : found ? <FilePreviewView plan={found} /> : null}
      verb={found ? t('stockIo.verb', { count }) : t('actions.import.verbWaiting')}
      blocked={blocked}
      error={shownError(run.error ?? plan.error)}
      busy={run.isPending}
      onConfirm={confirm}
    >
      {children}
      <p>{t('stockIo.columns', { columns: FILE_COLUMNS[kind].join(', ') })}</p>
      {hint && <p>{hint}</p>}
      {exportHref && (
        <p>
          <Anchor href={exportHref} download>
            {exportLabel}
          </Anchor>
        </p>
      )}
      <DropZone disabled={target === null} problem={problem} onChoose={(chosen) => void choose(chosen)} />
      {rejects && (
        <Checkbox
          label={t('stockIo.onlyAccepted')}
          checked={onlyAccepted}
          onChange={(event) => setOnlyAccepted(event.currentTarget.checked)}
        />
      )}
    </EffectDialog>
  );
}
