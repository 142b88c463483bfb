'use client';
import { TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { policySentence } from '../../server/domains/policies/rules.ts';
import type { TermsKind, TermsOf } from '../../server/domains/policies/schema.ts';
import { termsSentence } from '../../server/domains/returns/rules.ts';
import type { ReturnTerms } from '../../server/domains/returns/schema.ts';
import type { PolicyKind } from '../../server/kernel/vocabulary.ts';
import type { PolicyView, TermsByKind } from '../../server/views/policies.ts';
import { ChangesPreview } from '../changes-preview.tsx';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import { PolicyFields } from './policy-fields.tsx';

function sentenceOf<K extends PolicyKind>(kind: K, terms: TermsByKind[K], currency: string): string {
  if (kind === 'returns') return termsSentence(terms as ReturnTerms, currency);
  return policySentence(kind as TermsKind, terms as TermsOf[TermsKind], currency);
}

/** The terms that are changed: the newest, which may not count yet. */
function newest<K extends PolicyKind>(view: PolicyView<K>): TermsByKind[K] {
  return view.history[0]?.terms ?? view.now.terms;
}

interface Props<K extends PolicyKind> {
  readonly view: PolicyView<K>;
  readonly merchantId: string;
  readonly merchantName: string;
  readonly currency: string;
  readonly onClose: () => void;
}

/** Says something else from now on, or from a later day, and shows what that means for an order. */
export function PolicyDialog<K extends PolicyKind>({ view, merchantId, merchantName, currency, onClose }: Props<K>) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const [terms, setTerms] = useState(newest(view));
  const [from, setFrom] = useState('');
  const { kind } = view;
  const name = t(`policies.kinds.${kind}`);
  const save = useMutation(
    trpc.policies.save.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t('policies.saved', { policy: name, merchant: merchantName }) });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.policies.pathFilter()),
    }),
  );
  const before = sentenceOf(kind, newest(view), currency);
  const after = sentenceOf(kind, terms, currency);
  const effectiveFrom = from === '' ? undefined : new Date(`${from}T00:00`);
  const past = effectiveFrom !== undefined && effectiveFrom.getTime() < Date.now();
  const same = plain(terms) === plain(newest(view)) && effectiveFrom === undefined;
  const changes = before === after ? [] : [{ label: t('policies.meaning'), before, after }];
  return (
    <EffectDialog
      opened
      size="lg"
      onClose={onClose}
      title={t('policies.dialog', { policy: name, merchant: merchantName })}
      preview={
        <>
          <ChangesPreview changes={changes} error={save.error} />
          {changes.length === 0 && <p>{after}</p>}
          <p>{t('policies.keeps')}</p>
        </>
      }
      verb={t('policies.save')}
      blocked={past ? t('policies.past') : same ? t('policies.same') : null}
      error={shownError(save.error)}
      busy={save.isPending}
      onConfirm={() => save.mutate(request.keyed({ kind, merchantId, terms, effectiveFrom, seenVersion: view.version } as never))}
    >
      <PolicyFields kind={kind} terms={terms} currency={currency} onChange={setTerms} />
      <TextInput
        type="date"
        label={t('policies.from')}
        description={t('policies.fromHint')}
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
    </EffectDialog>
  );
}

const plain = (terms: object): string =>
  JSON.stringify(terms, (_name, value) => (typeof value === 'bigint' ? String(value) : value));
