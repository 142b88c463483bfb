'use client';
import { FileInput, Select } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { mayGather } from '../../server/domains/disputes/rules.ts';
import { FILE_KINDS, FILE_TYPES, type FileKind, type FileType, MAX_FILE_BYTES } from '../../server/domains/disputes/schema.ts';
import type { DisputeView } from '../../server/views/disputes.ts';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { ErrorState } from '../ui/states.tsx';
import classes from './disputes.module.css';
import { useDisputeDone } from './use-dispute-done.ts';

const isType = (type: string): type is FileType => (FILE_TYPES as readonly string[]).includes(type);

/** A file's bytes in base64. */
async function encoded(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Papers and pictures that go with the answer: one of each kind, the newest. */
export function EvidenceFiles({ view }: { view: DisputeView }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const powers = usePowers();
  const request = useRequestKey();
  const done = useDisputeDone();
  const [kind, setKind] = useState<FileKind>('receipt');
  const [problem, setProblem] = useState<string | null>(null);
  const add = useMutation(trpc.disputes.addFile.mutationOptions({ onError: request.failed, onSettled: done }));
  const mayAdd = powers.may('disputes.addFile') && mayGather(view).allowed;
  if (view.files.length === 0 && !mayAdd) return null;
  const choose = async (file: File | null): Promise<void> => {
    if (!file) return;
    const { type } = file;
    if (!isType(type) || file.size > MAX_FILE_BYTES) return setProblem(t('disputes.fileRefused'));
    setProblem(null);
    add.mutate(request.keyed({ disputeId: view.id, kind, contentType: type, data: await encoded(file) }));
  };
  const refused = shownError(add.error);
  return (
    <Section title={t('disputes.files')} count={view.files.length}>
      {view.files.length > 0 && (
        <ul className={classes.list}>
          {view.files.map((file) => (
            <li key={file.id}>
              {t('disputes.fileOf', {
                kind: t(`disputes.fileKinds.${file.kind}`),
                size: format.number(Math.ceil(file.bytes / 1024)),
              })}
            </li>
          ))}
        </ul>
      )}
      {mayAdd && (
        <div className={classes.fields}>
          <Select
            label={t('disputes.fileKind')}
            data={FILE_KINDS.map((value) => ({ value, label: t(`disputes.fileKinds.${value}`) }))}
            value={kind}
            onChange={(value) => value && setKind(value)}
            allowDeselect={false}
          />
          <FileInput
            label={t('disputes.addFile')}
            placeholder={t('disputes.chooseFile')}
            accept={FILE_TYPES.join(',')}
            value={null}
            disabled={add.isPending}
            error={problem ?? undefined}
            onChange={(file) => void choose(file)}
          />
        </div>
      )}
      {refused && <ErrorState error={refused} />}
    </Section>
  );
}
