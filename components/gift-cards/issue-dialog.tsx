'use client';
import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { GIFT_CARD_REASONS } from '../../server/domains/gift-cards/schema.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { CopyText } from '../ui/copy.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import classes from './gift-cards.module.css';
import { IssueFields, IssueNote, useIssueForm } from './issue-fields.tsx';

/** Issues a gift card, and shows its code once. */
export function IssueGiftCardDialog({ onClose }: { onClose: () => void }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const form = useIssueForm();
  const [until, setUntil] = useState('');
  const issue = useMutation(
    trpc.giftCards.issue.mutationOptions({
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.giftCards.pathFilter()),
    }),
  );
  const { amount, wish } = form;
  if (issue.data) return <CodeShown {...issue.data} amount={amount ?? ''} onClose={onClose} />;
  return (
    <EffectDialog
      opened
      onClose={onClose}
      title={t('giftCards.issueTitle')}
      preview={<p>{t('giftCards.issueEffect', { merchant: form.merchant?.name ?? '' })}</p>}
      reason={{
        required: true,
        options: GIFT_CARD_REASONS.map((value) => ({ value, label: t(`giftCards.reasons.${value}`) })),
        remember: 'gift-card-issue',
      }}
      details={<IssueNote form={form} />}
      verb={amount ? t('giftCards.issueVerb', { amount }) : t('giftCards.issue')}
      blocked={wish ? null : t('actions.refund.amountFirst')}
      error={shownError(issue.error)}
      busy={issue.isPending}
      onConfirm={(wanted) => {
        const reason = GIFT_CARD_REASONS.find((known) => known === wanted);
        // The last day is a day on which it can be used.
        const expiresAt = until === '' ? undefined : new Date(`${until}T23:59:59Z`);
        if (wish && reason) issue.mutate(request.keyed({ ...wish, reason, expiresAt }));
      }}
    >
      <IssueFields form={form}>
        <TextInput
          type="date"
          label={t('giftCards.lastDay')}
          description={t('giftCards.lastDayHint')}
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
      </IssueFields>
    </EffectDialog>
  );
}

/** The code, once: to copy, or to print as a card. */
function CodeShown(props: { code: string; status: string; amount: string; onClose: () => void }) {
  const { t } = useMessages();
  return (
    <Modal
      opened
      onClose={props.onClose}
      closeOnClickOutside={false}
      title={t('giftCards.codeTitle', { amount: props.amount })}
      closeButtonProps={{ 'aria-label': t('ui.close') }}
    >
      <div className={classes.form}>
        <p>{t('giftCards.codeOnce')}</p>
        {props.status === 'awaiting_approval' && <p>{t('giftCards.codeWaits')}</p>}
        <div className={classes.code}>
          <CopyText value={props.code} what={t('giftCards.code')} mono />
        </div>
        <div className={classes.buttons}>
          <Button variant="default" onClick={() => printCard(t('giftCards.printTitle'), props.amount, props.code)}>
            {t('giftCards.print')}
          </Button>
          <Button onClick={props.onClose}>{t('giftCards.done')}</Button>
        </div>
      </div>
    </Modal>
  );
}

/** Prints in a frame of its own: the page behind the dialog is not what somebody gives away. */
function printCard(title: string, amount: string, code: string): void {
  const frame = document.createElement('iframe');
  frame.title = title;
  frame.hidden = true;
  document.body.append(frame);
  const page = frame.contentDocument;
  if (!page) return;
  const line = (tag: string, text: string) => Object.assign(page.createElement(tag), { textContent: text });
  page.title = title;
  page.body.append(line('h1', title), line('p', amount), line('pre', code));
  frame.contentWindow?.addEventListener('afterprint', () => frame.remove());
  frame.contentWindow?.print();
}
