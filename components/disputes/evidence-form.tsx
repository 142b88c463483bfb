'use client';
import { Button, Textarea, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type Evidence, mayAnswer } from '../../server/domains/disputes/rules.ts';
import { EVIDENCE_FIELDS } from '../../server/domains/disputes/schema.ts';
import type { DisputeView } from '../../server/views/disputes.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { ActionButton } from '../ui/action-button.tsx';
import { KeyValue, Section } from '../ui/detail-layout.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { ErrorState } from '../ui/states.tsx';
import { useToast } from '../ui/toast.tsx';
import classes from './disputes.module.css';
import { useDisputeDone } from './use-dispute-done.ts';

type Field = (typeof EVIDENCE_FIELDS)[number];
const LONG: ReadonlySet<Field> = new Set(['statement', 'product', 'messages', 'shippingAddress']);

/** What was gathered begins with what the order, its parcels and its mails say. */
const startOf = (view: DisputeView): Evidence => ({ ...view.suggested, ...view.evidence });

/** Gathers what speaks for the shop, and sends it once. */
export function EvidenceForm({ view }: { view: DisputeView }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const done = useDisputeDone();
  const saving = useRequestKey();
  const sending = useRequestKey();
  const [said, setSaid] = useState<Evidence>(() => startOf(view));
  const [asked, setAsked] = useState(false);
  const evidence = Object.fromEntries(EVIDENCE_FIELDS.map((field) => [field, (said[field] ?? '').trim()]));
  const save = useMutation(
    trpc.disputes.saveEvidence.mutationOptions({
      onSuccess: () => toast.success({ message: t('disputes.saved') }),
      onError: saving.failed,
      onSettled: done,
    }),
  );
  const submit = useMutation(
    trpc.disputes.submit.mutationOptions({
      onSuccess: ({ number }) => {
        setAsked(false);
        toast.success({ message: t('disputes.sent', { number }) });
      },
      onError: sending.failed,
      onSettled: done,
    }),
  );
  const verdict = mayAnswer(view, 'evidence', view.answers, new Date());
  const refused = shownError(save.error);
  return (
    <Section title={t('disputes.evidence')}>
      <p className={classes.dim}>{t('disputes.evidenceText')}</p>
      <div className={classes.fields}>
        {EVIDENCE_FIELDS.map((field) => {
          const common = {
            label: t(`disputes.fields.${field}`),
            value: said[field] ?? '',
            onChange: (event: { currentTarget: { value: string } }) => setSaid({ ...said, [field]: event.currentTarget.value }),
          };
          return LONG.has(field) ? (
            <Textarea key={field} className={classes.wide ?? ''} autosize minRows={2} maxRows={12} {...common} />
          ) : (
            <TextInput key={field} {...common} />
          );
        })}
      </div>
      {refused && <ErrorState error={refused} />}
      <div className={classes.buttons}>
        <ActionButton label={t('disputes.submit')} reason={verdict.allowed ? null : verdict.why} onClick={() => setAsked(true)} />
        <Button
          variant="default"
          loading={save.isPending}
          onClick={() => save.mutate(saving.keyed({ disputeId: view.id, evidence }))}
        >
          {t('disputes.save')}
        </Button>
      </div>
      {asked && (
        <EffectDialog
          opened
          onClose={() => setAsked(false)}
          title={t('disputes.submitTitle', { number: view.number })}
          preview={<p>{t('disputes.submitEffect')}</p>}
          verb={t('disputes.submit')}
          error={shownError(submit.error)}
          busy={submit.isPending}
          onConfirm={() => submit.mutate(sending.keyed({ disputeId: view.id, evidence }))}
        />
      )}
    </Section>
  );
}

/** What was sent, or gathered, for whoever cannot change it. */
export function EvidenceSent({ view }: { view: DisputeView }) {
  const { t } = useMessages();
  const fields = EVIDENCE_FIELDS.filter((field) => view.evidence[field]);
  if (fields.length === 0) return null;
  return (
    <Section title={t('disputes.evidence')}>
      <KeyValue
        items={fields.map((field) => ({
          label: t(`disputes.fields.${field}`),
          value: <p className={classes.text}>{view.evidence[field]}</p>,
        }))}
      />
    </Section>
  );
}
