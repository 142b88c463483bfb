'use client';
import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ProductRow } from '../../server/views/products.ts';
import { useTRPC } from '../trpc.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import classes from './drafts.module.css';

const MOST_SHOWN = 8;
const TYPING_MS = 200;

/** Finds a merchant's products by code or name; Enter takes the first, so that a scanner works too. */
export function SkuFinder({ merchantId, onPick }: { merchantId: string; onPick: (product: ProductRow) => void }) {
  const { t } = useMessages();
  const format = useFormat();
  const trpc = useTRPC();
  const [text, setText] = useState('');
  const [q] = useDebouncedValue(text.trim(), TYPING_MS);
  const found = useQuery({
    ...trpc.products.list.queryOptions({ q, merchantId, active: true }),
    enabled: q !== '',
    placeholderData: keepPreviousData,
  });
  const rows = q === '' ? [] : (found.data?.items ?? []).slice(0, MOST_SHOWN);
  const pick = (product: ProductRow) => {
    onPick(product);
    setText('');
  };
  return (
    <div>
      <TextInput
        label={t('drafts.find')}
        placeholder={t('drafts.findHint')}
        leftSection={<IconSearch size={16} aria-hidden />}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          if (rows[0]) pick(rows[0]);
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
      {q !== '' && found.data && rows.length === 0 && <p className={classes.dim}>{t('drafts.nothingFound')}</p>}
    </div>
  );
}
