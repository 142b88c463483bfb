'use client';
import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ProductRow } from '../../server/views/products.ts';
import { QuantityInput } from '../ui/form-fields.tsx';
import { useFormat, useMessages } from '../ui/locale.tsx';
import classes from './drafts.module.css';

export interface DraftLine {
  readonly product: ProductRow;
  readonly quantity: number | null;
}

const MOST = 10_000;

/** What is ordered so far. */
export function DraftLines(props: { lines: readonly DraftLine[]; onChange: (lines: readonly DraftLine[]) => void }) {
  const { t } = useMessages();
  const format = useFormat();
  const { lines, onChange } = props;
  if (lines.length === 0) return <p className={classes.dim}>{t('drafts.noLines')}</p>;
  return (
    <ul className={classes.lines}>
      {lines.map(({ product, quantity }) => (
        <li key={product.id}>
          <span className={classes.grow}>
            <span>{product.name}</span>
            <span className={classes.dim}>
              <span className="wb-mono">{product.code}</span> · {format.price(product.price, product.currency)}
            </span>
          </span>
          <span className={classes.quantity}>
            <QuantityInput
              label={t('drafts.quantity')}
              min={1}
              max={MOST}
              value={quantity}
              onChange={(value) =>
                onChange(lines.map((line) => (line.product.id === product.id ? { product, quantity: value } : line)))
              }
            />
          </span>
          <ActionIcon
            size={32}
            aria-label={t('drafts.remove', { name: product.name })}
            onClick={() => onChange(lines.filter((line) => line.product.id !== product.id))}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </li>
      ))}
    </ul>
  );
}
