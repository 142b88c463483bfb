'use client';
import { Button, NativeSelect } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { usePowers } from '../powers.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useToast } from '../ui/toast.tsx';
import classes from './traffic-control.module.css';

const REFRESH_MS = 10_000;
/** Seconds from one order to the next. */
const PACES = [2, 5, 15, 60] as const;

/** The demo's customers: whether they buy at the moment, how fast, and a switch. Nothing where there are none. */
export function TrafficControl() {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const powers = usePowers();
  const queryClient = useQueryClient();
  const may = powers.may('traffic.change');
  const state = useQuery({ ...trpc.traffic.state.queryOptions(), enabled: may, refetchInterval: REFRESH_MS });
  const change = useMutation(
    trpc.traffic.change.mutationOptions({
      onSuccess: (after) => queryClient.setQueryData(trpc.traffic.state.queryKey(), after),
      onError: (error) => toast.error(shownError(error)),
    }),
  );
  const traffic = state.data;
  if (!may || !traffic) return null;
  const { paused, stopped } = traffic;
  const pace = PACES.find((seconds) => seconds === traffic.every_seconds);
  return (
    <section className={classes.control} aria-label={t('home.traffic.title')}>
      <span className={classes.title}>{t('home.traffic.title')}</span>
      <StatusBadge kind="traffic" value={paused || stopped ? 'paused' : 'running'} />
      <span className={classes.text}>
        {stopped ? t(`home.traffic.stopped.${stopped}`) : t('home.traffic.lastHour', { count: traffic.orders_last_hour })}
      </span>
      <NativeSelect
        size="xs"
        aria-label={t('home.traffic.pace')}
        value={String(traffic.every_seconds)}
        data={[...PACES, ...(pace === undefined ? [traffic.every_seconds] : [])].map((seconds) => ({
          value: String(seconds),
          label: t('home.traffic.every', { seconds }),
        }))}
        onChange={(event) => change.mutate({ everySeconds: Number(event.currentTarget.value) })}
      />
      <Button
        variant="default"
        loading={change.isPending}
        leftSection={paused ? <IconPlayerPlay size={16} aria-hidden /> : <IconPlayerPause size={16} aria-hidden />}
        onClick={() => change.mutate({ paused: !paused })}
      >
        {t(paused ? 'home.traffic.resume' : 'home.traffic.pause')}
      </Button>
    </section>
  );
}
