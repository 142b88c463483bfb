'use client';
import { Select, Textarea, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { OrderPage } from '../../server/views/order.ts';
import { MailFrame } from '../mails/mail-frame.tsx';
import classes from '../mails/mails.module.css';
import { shownError, useTRPC, useTRPCClient } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useOrderDone } from './use-order-done.ts';

/** Long enough to finish a word. */
const REST_MS = 350;
const SUBJECT_MAX = 120;
const BODY_MAX = 4_000;

/** Writes to the customer: choose what is written already or write, see the mail, send it. */
export function MessageDialog({ page, onClose }: { page: OrderPage; onClose: () => void }) {
  const { order } = page;
  const { t } = useMessages();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const done = useOrderDone(page, onClose);
  const [subject, setSubject] = useState('');
  const [body, setBody] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const canned = useQuery(trpc.mails.canned.queryOptions({ orderId: order.id }));
  const written = { orderId: order.id, subject: subject.trim(), body: body.trim() };
  const [rested] = useDebouncedValue(JSON.stringify(written), REST_MS);
  const complete = written.subject !== '' && written.body !== '';
  const preview = useQuery({
    queryKey: ['message-preview', rested],
    queryFn: () => client.mails.previewMessage.mutate(JSON.parse(rested) as typeof written),
    enabled: complete && rested === JSON.stringify(written),
    placeholderData: (before) => before,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const send = useMutation(
    trpc.mails.message.mutationOptions({
      onSuccess: () => done.succeeded(t('mails.message.done', { number: order.number })),
      onError: done.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.mails.list.queryFilter()),
    }),
  );
  const recipient = canned.data?.recipient;
  const choose = (name: string | null) => {
    const found = canned.data?.messages.find((message) => message.name === name);
    if (!found) return;
    setChosen(name);
    setSubject(found.subject);
    setBody(found.body);
  };
  const blocked = recipient === null ? t('mails.message.noAddress') : complete ? null : t('mails.message.incomplete');
  return (
    <EffectDialog
      opened
      size="lg"
      onClose={onClose}
      title={t('mails.message.title', { number: order.number })}
      preview={
        complete && preview.data ? (
          <div className={classes.preview}>
            <p>{t('mails.message.effect', { to: preview.data.recipient ?? t('ui.unknown') })}</p>
            <MailFrame html={preview.data.html} title={t('mails.message.preview')} short />
          </div>
        ) : (
          <p>{recipient ? t('mails.message.effect', { to: recipient }) : t('mails.message.incomplete')}</p>
        )
      }
      verb={t('mails.message.verb')}
      blocked={blocked}
      error={shownError(send.error ?? preview.error ?? canned.error)}
      busy={send.isPending}
      onConfirm={() => send.mutate(done.keyed(written))}
    >
      <Select
        label={t('mails.message.canned')}
        placeholder={t('mails.message.own')}
        data={(canned.data?.messages ?? []).map(({ name }) => ({ value: name, label: t(`mails.canned.${name}`) }))}
        value={chosen}
        onChange={choose}
        comboboxProps={{ withinPortal: true }}
        searchable
        selectFirstOptionOnChange
        openOnFocus={false}
        nothingFoundMessage={t('ui.noMatchTitle')}
      />
      <TextInput
        label={t('mails.message.subject')}
        required
        value={subject}
        maxLength={SUBJECT_MAX}
        onChange={(event) => setSubject(event.currentTarget.value)}
      />
      <Textarea
        label={t('mails.message.body')}
        required
        value={body}
        maxLength={BODY_MAX}
        autosize
        minRows={6}
        maxRows={14}
        onChange={(event) => setBody(event.currentTarget.value)}
      />
    </EffectDialog>
  );
}
