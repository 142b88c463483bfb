'use client';
import { Button, Modal, Select, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { GIFT_CARD_REASONS } from '../../server/domains/gift-cards/schema.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { CopyText } from '../ui/copy.tsx';
import { MoneyInput } from '../ui/form-fields.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useErrorText } from '../ui/states.tsx';
import classes from './gift-cards.module.css';

/** Issues a gift card, and shows its code once. */
export function IssueGiftCardDialog({ onClose }: { onClose: () => void }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const facets = useQuery(trpc.orders.facets.queryOptions());
  const merchants = facets.data?.merchants ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const [amountMinor, setAmount] = useState<bigint | null>(null);
  const [reason, setReason] = useState<(typeof GIFT_CARD_REASONS)[number]>('sold');
  const [note, setNote] = useState('');
  const [until, setUntil] = useState('');
  const request = useRequestKey();
  const issue = useMutation(
    trpc.giftCards.issue.mutationOptions({
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.giftCards.pathFilter()),
    }),
  );
  const merchant = merchants.find(({ id }) => id === chosen) ?? merchants[0];
  const currency = merchant?.currency ?? 'EUR';
  if (issue.data) return <CodeShown {...issue.data} amount={format.money(amountMinor ?? 0n, currency)} onClose={onClose} />;
  const ready = merchant !== undefined && amountMinor !== null && amountMinor > 0n;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    // The last day is a day on which it can be used.
    const expiresAt = until === '' ? undefined : new Date(`${until}T23:59:59Z`);
    issue.mutate(
      request.keyed({ merchantId: merchant.id, amountMinor, currency, reason, note: note.trim() || undefined, expiresAt }),
    );
  };
  return (
    <Modal opened onClose={onClose} title={t('giftCards.issueTitle')} closeButtonProps={{ 'aria-label': t('ui.close') }}>
      <form className={classes.form} onSubmit={submit}>
        {issue.error && (
          <p role="alert" className={classes.refusal}>
            {errorText(shownError(issue.error) ?? { kind: 'unexpected' })}
          </p>
        )}
        {merchants.length > 1 && (
          <Select
            label={t('giftCards.merchant')}
            data={merchants.map(({ id, name }) => ({ value: id, label: name }))}
            value={merchant?.id ?? null}
            onChange={setChosen}
            allowDeselect={false}
          />
        )}
        <MoneyInput label={t('giftCards.amount')} currency={currency} value={amountMinor} onChange={setAmount} required />
        <Select
          label={t('giftCards.reason')}
          data={GIFT_CARD_REASONS.map((value) => ({ value, label: t(`giftCards.reasons.${value}`) }))}
          value={reason}
          onChange={(value) => setReason(GIFT_CARD_REASONS.find((known) => known === value) ?? reason)}
          allowDeselect={false}
        />
        <TextInput
          type="date"
          label={t('giftCards.lastDay')}
          description={t('giftCards.lastDayHint')}
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
        <Textarea
          label={t('giftCards.note')}
          maxLength={500}
          autosize
          value={note}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        <Button type="submit" loading={issue.isPending} disabled={!ready}>
          {amountMinor ? t('giftCards.issueVerb', { amount: format.money(amountMinor, currency) }) : t('giftCards.issue')}
        </Button>
      </form>
    </Modal>
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
