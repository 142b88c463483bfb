'use client';
import { Button, Stack, VisuallyHidden } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { WaitingPage } from '../../server/api/waiting.ts';
import { type CardFields, CardFrame } from '../pay/card-frame.tsx';
import { useRequestKey } from '../request-key.ts';
import classes from '../track/track.module.css';
import { shownError, useTRPC } from '../trpc.tsx';
import { Bar } from '../ui/bars.tsx';
import { Mark, PRODUCT_NAME } from '../ui/brand.tsx';
import { KeyValue, NarrowLayout, Section } from '../ui/detail-layout.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { PageHeader } from '../ui/page-header.tsx';
import { ErrorState, Loaded } from '../ui/states.tsx';

const POLL_MS = 2_000;

function useAnswer(token: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const settled = {
    onSuccess: (page: WaitingPage) => queryClient.setQueryData(trpc.waiting.get.queryKey({ token }), page),
    onError: (refused: unknown) => request.failed(refused as never),
  };
  const accept = useMutation(trpc.waiting.accept.mutationOptions(settled));
  const cancel = useMutation(trpc.waiting.cancel.mutationOptions(settled));
  const pay = useMutation(trpc.waiting.pay.mutationOptions(settled));
  return { request, accept, cancel, pay };
}

function Dates({ page, token }: { page: WaitingPage; token: string }) {
  const { t } = useMessages();
  const format = useFormat();
  const answer = useAnswer(token);
  const [asked, setAsked] = useState(false);
  const last = page.waiting
    .map((one) => one.promisedOn)
    .sort()
    .at(-1);
  const agreed = page.waiting.every((one) => one.acceptedOn === one.promisedOn);
  const moved = page.waiting.some((one) => one.promisedOn !== one.firstPromisedOn);
  const error = shownError(answer.accept.error ?? answer.cancel.error);
  return (
    <Section title={t('backorders.waiting.title')}>
      <ul className={classes.list}>
        {page.waiting.map((one, index) => (
          <li key={index} className={classes.line}>
            <span>
              {one.units} × {one.name}
            </span>
            <span>{t('backorders.waiting.expected', { day: format.day(one.promisedOn) })}</span>
          </li>
        ))}
      </ul>
      <Stack gap={12} mt={12} align="flex-start">
        {error && <ErrorState error={error} compact />}
        {agreed && moved && (
          <p role="status" style={{ margin: 0 }}>
            {t('backorders.waiting.agreed')}
          </p>
        )}
        {!agreed && moved && last && (
          <Button
            loading={answer.accept.isPending}
            onClick={() => answer.accept.mutate(answer.request.keyed({ token, until: last }))}
          >
            {t('backorders.waiting.accept', { day: format.day(last) })}
          </Button>
        )}
        {asked ? (
          <Button
            color="red"
            loading={answer.cancel.isPending}
            onClick={() => answer.cancel.mutate(answer.request.keyed({ token }))}
          >
            {t('backorders.waiting.cancelSure')}
          </Button>
        ) : (
          <Button variant="default" onClick={() => setAsked(true)}>
            {t('backorders.waiting.cancel')}
          </Button>
        )}
      </Stack>
    </Section>
  );
}

function Payment({ page, token, payment }: { page: WaitingPage; token: string; payment: NonNullable<WaitingPage['payment']> }) {
  const { t } = useMessages();
  const format = useFormat();
  const card = useRef<CardFields>(null);
  const answer = useAnswer(token);
  const [busy, setBusy] = useState(false);
  const press = async () => {
    setBusy(true);
    try {
      const paymentToken = await card.current?.tokenize();
      if (paymentToken) await answer.pay.mutateAsync(answer.request.keyed({ token, paymentToken }));
    } catch {
      // Shown below, from the mutation.
    } finally {
      setBusy(false);
    }
  };
  const error = shownError(answer.pay.error);
  return (
    <Section title={t('backorders.waiting.payTitle')}>
      <p>{t(payment.edit ? 'backorders.waiting.editText' : 'backorders.waiting.payText')}</p>
      <KeyValue
        figures
        items={[
          { label: t('backorders.waiting.amount'), value: format.money(payment.amountMinor, page.currency), strong: true },
          { label: t('backorders.waiting.until'), value: format.dateTime(payment.until) },
        ]}
      />
      {payment.challengeUrl ? (
        <Button component="a" href={payment.challengeUrl}>
          {t('backorders.waiting.challenge')}
        </Button>
      ) : payment.trying ? (
        <p role="status">{t('backorders.waiting.trying')}</p>
      ) : (
        <>
          {payment.failure && <Bar tone="attention" title={t('backorders.waiting.refused')} />}
          {error && <ErrorState error={error} compact />}
          <CardFrame ref={card} url={page.cardFieldsUrl} onSubmit={() => void press()} />
          <Button loading={busy} onClick={() => void press()}>
            {t('backorders.waiting.pay', { amount: format.money(payment.amountMinor, page.currency) })}
          </Button>
        </>
      )}
    </Section>
  );
}

function Body({ page, token }: { page: WaitingPage; token: string }) {
  const { t } = useMessages();
  const header = (
    <PageHeader title={t('track.order', { number: page.number })} sub={t('track.from', { merchant: page.merchantName })} />
  );
  return (
    <NarrowLayout header={header}>
      {page.payment && <Payment page={page} token={token} payment={page.payment} />}
      {page.waiting.length > 0 && <Dates page={page} token={token} />}
      {!page.payment && page.waiting.length === 0 && <p role="status">{t('backorders.waiting.nothing')}</p>}
    </NarrowLayout>
  );
}

/** The page behind the link of a mail about a later day, or about money that the bank does not hold any more; its token is the permission. */
export function WaitingOrderPage({ token }: { token: string }) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const page = useQuery({
    ...trpc.waiting.get.queryOptions({ token }),
    refetchInterval: ({ state }) => (state.data?.payment ? POLL_MS : false),
  });
  return (
    <main className={classes.public}>
      <div className={classes.brand}>
        <Mark />
        {PRODUCT_NAME}
      </div>
      {page.error && <VisuallyHidden component="h1">{t('backorders.waiting.title')}</VisuallyHidden>}
      <Loaded data={page.data} error={shownError(page.error)} onRetry={() => void page.refetch()} lines={8}>
        {(found) => <Body page={found} token={token} />}
      </Loaded>
    </main>
  );
}
