'use client';
import { Select } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { GatewayRow, MerchantGateways } from '../../server/views/payment-gateways.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { EffectDialog } from '../ui/effect-dialog.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import { GatewayLine, type Line } from './gateway-line.tsx';
import classes from './gateways.module.css';

const CURRENCY = /^[A-Z]{3}$/;

/** Puts the gateways of a merchant into an order, and says what each is for. */
export function GatewayDialog({
  merchant,
  gateways,
  onClose,
}: {
  merchant: MerchantGateways;
  gateways: readonly GatewayRow[];
  onClose: () => void;
}) {
  const { t, word } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const before: readonly Line[] = merchant.gateways ?? [{ gateway: 'card' }];
  const [lines, setLines] = useState(before);
  const save = useMutation(
    trpc.paymentGateways.set.mutationOptions({
      onSuccess: () => {
        toast.success({ message: t('payments.routing.saved', { merchant: merchant.merchantName }) });
        onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.paymentGateways.pathFilter()),
    }),
  );
  const free = gateways.filter(({ name, connected }) => connected && !lines.some(({ gateway }) => gateway === name));
  const strange = lines.flatMap(({ currencies = [] }) => currencies).find((currency) => !CURRENCY.test(currency));
  const same = merchant.gateways !== null && JSON.stringify(lines) === JSON.stringify(before);
  const blocked =
    lines.length === 0
      ? t('payments.routing.needsOne')
      : strange !== undefined
        ? t('payments.routing.noCurrency', { currency: strange })
        : same
          ? t('payments.routing.same')
          : null;
  const moved = (at: number, by: number) => {
    const next = [...lines];
    const [line] = next.splice(at, 1);
    if (line) next.splice(at + by, 0, line);
    setLines(next);
  };
  return (
    <EffectDialog
      opened
      size="lg"
      onClose={onClose}
      title={t('payments.routing.editTitle', { merchant: merchant.merchantName })}
      preview={<Effect lines={lines} merchant={merchant} gateways={gateways} />}
      verb={t('payments.routing.save')}
      blocked={blocked}
      error={shownError(save.error)}
      busy={save.isPending}
      onConfirm={() =>
        save.mutate(
          request.keyed({
            merchantId: merchant.merchantId,
            gateways: lines.map((line) => ({ ...line })),
            seen: merchant.gateways && [...merchant.gateways],
          }),
        )
      }
    >
      <ol className={classes.lines} aria-label={t('payments.routing.order')}>
        {lines.map((line, at) => (
          <GatewayLine
            key={line.gateway}
            line={line}
            first={at === 0}
            last={at === lines.length - 1}
            methods={gateways.find(({ name }) => name === line.gateway)?.methods ?? []}
            onMove={(by) => moved(at, by)}
            onRemove={() => setLines(lines.filter((_, index) => index !== at))}
            onChange={(next) => setLines(lines.map((one, index) => (index === at ? next : one)))}
          />
        ))}
      </ol>
      {free.length > 0 && (
        <Select
          label={t('payments.routing.add')}
          placeholder={t('payments.routing.choose')}
          value={null}
          data={free.map(({ name }) => ({ value: name, label: word('payments.gateways', name) }))}
          onChange={(name) => {
            if (name) setLines([...lines, { gateway: name }]);
          }}
        />
      )}
    </EffectDialog>
  );
}

/** Who is asked for the merchant's own currency from now on, by method. */
function Effect({
  lines,
  merchant,
  gateways,
}: {
  lines: readonly Line[];
  merchant: MerchantGateways;
  gateways: readonly GatewayRow[];
}) {
  const { t, word } = useMessages();
  const taken = [...new Set(lines.flatMap(({ gateway }) => gateways.find(({ name }) => name === gateway)?.methods ?? []))];
  const { currency } = merchant;
  return (
    <>
      {taken.map((method) => {
        const asked = lines.filter(
          (line) =>
            gateways.find(({ name }) => name === line.gateway)?.methods.includes(method) &&
            (line.methods?.includes(method) ?? true) &&
            (line.currencies?.includes(currency) ?? true),
        );
        const names = asked.map(({ gateway }) => word('payments.gateways', gateway));
        const fallback = method === 'card' ? 'payments.routing.effectDefault' : 'payments.routing.effectNone';
        const about = { method: word('payments.methods', method), currency };
        return (
          <p key={method} className={classes.text}>
            {names.length > 0
              ? t(names.length > 1 ? 'payments.routing.effectThen' : 'payments.routing.effect', {
                  ...about,
                  first: names[0] ?? '',
                  next: names.slice(1).join(', '),
                })
              : t(fallback, { ...about, gateway: word('payments.gateways', 'card') })}
          </p>
        );
      })}
      <p className={classes.text}>{t('payments.routing.holds')}</p>
    </>
  );
}
