'use client';
import { Button, type TagsInputProps } from '@mantine/core';
import { useState } from 'react';
import type { OrderHead } from '../../server/views/order.ts';
import { usePowers } from '../powers.ts';
import { shownError } from '../trpc.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { later } from '../ui/later.tsx';
import { useMessages } from '../ui/locale.tsx';
import { useErrorText } from '../ui/states.tsx';
import { OrderTags } from './order-customer.tsx';
import classes from './order-page.module.css';
import { useSetTags } from './use-annotate.ts';

const TagsField = later<TagsInputProps>(() => import('./tags-field.tsx').then((file) => file.TagsField));

const MAX_TAGS = 20;

/** An order's tags as links, and as a field for those who may change them. */
export function EditableTags({ order }: { order: OrderHead }) {
  const { t } = useMessages();
  const powers = usePowers();
  const [editing, setEditing] = useState(false);
  const set = useSetTags(order.number);
  const errorText = useErrorText();
  const text = (error: unknown) => {
    const shown = shownError(error);
    return shown ? errorText(shown) : '';
  };
  if (!powers.may('orders.tag')) return <OrderTags tags={order.tags} />;
  const toggle = (
    <Button variant="subtle" size="compact-xs" onClick={() => setEditing(!editing)}>
      {t(editing ? 'actions.tags.done' : 'actions.tags.edit')}
    </Button>
  );
  if (!editing) return <OrderTags tags={order.tags} actions={toggle} />;
  const change = (tags: string[]) => {
    const next = tags.map((tag) => tag.trim().slice(0, 40)).filter(Boolean);
    const add = next.filter((tag) => !order.tags.includes(tag));
    const remove = order.tags.filter((tag) => !next.includes(tag));
    if (add.length + remove.length > 0) set.mutate({ orderId: order.id, add, remove });
  };
  const refused = set.error && set.variables;
  return (
    <Section title={t('orders.tags')} actions={toggle}>
      <TagsField
        aria-label={t('actions.tags.label')}
        placeholder={t('actions.tags.placeholder')}
        value={order.tags}
        onChange={change}
        maxTags={MAX_TAGS}
        data-autofocus
      />
      {refused && (
        <div className={classes.failed} role="alert">
          <span>
            {t('actions.tags.failed', { tags: [...(refused.add ?? []), ...(refused.remove ?? [])].join(', ') })} {text(set.error)}
          </span>
          <button type="button" className={classes.linkButton} onClick={() => set.mutate(refused)}>
            {t('actions.tags.again')}
          </button>
        </div>
      )}
    </Section>
  );
}
