'use client';
import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ProductRow } from '../../server/views/products.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import { useErrorText } from '../ui/states.tsx';
import classes from './drafts.module.css';

const MOST_SHOWN = 8;
const TYPING_MS = 200;

/** Finds a merchant's products by code or name; Enter takes the first, so that a scanner works too. */
export function SkuFinder({ merchantId, onPick }: { merchantId: string; onPick: (product: ProductRow) => void }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const errorText = useErrorText();
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.trim(), TYPING_MS);
  const wanted = (text: string) => trpc.products.list.queryOptions({ q: text, merchantId, active: true });
  const found = useQuery({
    ...wanted(q),
    enabled: q !== '',
    placeholderData: keepPreviousData,
  });
  const rows = q === '' ? [] : (found.data?.items ?? []).slice(0, MOST_SHOWN);
  const pick = (product: ProductRow) => {
    onPick(product);
    setText('');
  };
  const giveBack = (asked: string) => setText((now) => (now === '' ? asked : now));
  // The rows below may belong to a shorter text still: Enter asks for what is in the field now, and empties it for the next scan.
  const first = useMutation({
    mutationFn: (asked: string) => queryClient.fetchQuery(wanted(asked)),
    onSuccess: ({ items }, asked) => (items[0] ? onPick(items[0]) : giveBack(asked)),
    onError: (_error, asked) => giveBack(asked),
  });
  const nothing = first.data ? first.data.items.length === 0 : q !== '' && found.data !== undefined && rows.length === 0;
  const failure = shownError(first.error ?? (q === '' ? null : found.error));
  return (
    <div>
      <TextInput
        label={t('drafts.find')}
        placeholder={t('drafts.findHint')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        error={failure && errorText(failure)}
        onChange={(event) => {
          setText(event.currentTarget.value);
          first.reset();
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          const asked = text.trim();
          if (asked === '') return;
          first.mutate(asked);
          setText('');
        }}
      />
      <ul className={classes.found} aria-label={t('drafts.results')}>
        {rows.map((row) => (
          <li key={row.id}>
            <button type="button" onClick={() => pick(row)}>
              <span className="wb-visually-hidden">{t('drafts.add')} </span>
              <span className="wb-mono">{row.code}</span>
              <span className={classes.grow}>{row.name}</span>
              <span className={classes.dim}>
                {row.available === null ? '' : t('drafts.available', { count: Number(row.available) })}
              </span>
              <span className="wb-number">{format.price(row.price, row.currency)}</span>
              <IconPlus size={16} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      {nothing && !failure && <p className={classes.dim}>{t('drafts.nothingFound')}</p>}
    </div>
  );
}
