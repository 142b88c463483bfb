'use client';
import { ActionIcon, Checkbox, MultiSelect, Select, TextInput } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconTrash } from '@tabler/icons-react';
import { NODE_KINDS } from '../../server/domains/routing/schema.ts';
import { SALES_CHANNELS } from '../../server/kernel/vocabulary.ts';
import type { RulesPage } from '../../server/views/routing.ts';
import nodes from '../nodes/nodes.module.css';
import { MoneyInput, QuantityInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import classes from './routing.module.css';
import { EFFECTS, type EffectType, type RuleForm } from './rule-form.ts';

interface Props {
  readonly rule: RuleForm;
  readonly at: number;
  readonly of: number;
  readonly page: RulesPage;
  readonly onChange: (change: Partial<RuleForm>) => void;
  readonly onMove: (by: -1 | 1) => void;
  readonly onRemove: () => void;
}

const MAX_GRAMS = 100_000_000;
const MAX_NODES = 50;

/** One rule of a draft: when it holds, and what it does then. */
export function RuleFields({ rule, at, of, page, onChange, onMove, onRemove }: Props) {
  const { t } = useMessages();
  const name = rule.name || String(at + 1);
  return (
    <fieldset className={nodes.zone} aria-label={t('routing.rules.order', { number: at + 1 })}>
      <div className={classes.head}>
        <TextInput
          className={classes.name}
          label={t('routing.rules.name')}
          required
          maxLength={80}
          value={rule.name}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
        />
        <ActionIcon variant="subtle" aria-label={t('routing.rules.up', { name })} disabled={at === 0} onClick={() => onMove(-1)}>
          <IconArrowUp size={16} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          aria-label={t('routing.rules.down', { name })}
          disabled={at === of - 1}
          onClick={() => onMove(1)}
        >
          <IconArrowDown size={16} />
        </ActionIcon>
        <ActionIcon variant="subtle" color="red" aria-label={t('routing.rules.remove', { name })} onClick={onRemove}>
          <IconTrash size={16} />
        </ActionIcon>
      </div>
      <div className={nodes.fields}>
        <Select
          label={t('routing.rules.effect')}
          data={EFFECTS.map((type) => ({ value: type, label: t(`routing.rules.effects.${type}`) }))}
          value={rule.type}
          allowDeselect={false}
          onChange={(type) => onChange({ type: (type as EffectType) ?? 'prefer' })}
        />
        <Effect rule={rule} page={page} onChange={onChange} />
      </div>
      <When rule={rule} onChange={onChange} />
      <Checkbox
        label={t('routing.rules.active')}
        checked={rule.active}
        onChange={(event) => onChange({ active: event.currentTarget.checked })}
      />
    </fieldset>
  );
}

function Effect({ rule, page, onChange }: Pick<Props, 'rule' | 'page' | 'onChange'>) {
  const { t } = useMessages();
  const { currency } = page.merchant;
  const money = (label: 'discount' | 'splitPenalty' | 'latePenalty', key: 'discountMinor' | 'splitMinor' | 'lateDayMinor') => (
    <MoneyInput
      label={t(`routing.rules.${label}`)}
      currency={currency}
      value={rule[key] === null ? null : BigInt(rule[key])}
      onChange={(amount) => onChange({ [key]: amount === null ? null : Number(amount) })}
    />
  );
  if (rule.type === 'max_nodes')
    return (
      <QuantityInput
        label={t('routing.rules.count')}
        value={rule.count}
        min={1}
        max={MAX_NODES}
        onChange={(count) => onChange({ count })}
      />
    );
  if (rule.type === 'penalties')
    return (
      <>
        {money('splitPenalty', 'splitMinor')}
        {money('latePenalty', 'lateDayMinor')}
      </>
    );
  if (rule.type !== 'prefer' && rule.type !== 'exclude') return null;
  return (
    <>
      <MultiSelect
        label={t('routing.rules.nodes')}
        data={page.nodes.map((node) => ({ value: node.code, label: `${node.name} (${node.code})` }))}
        value={[...rule.nodes]}
        onChange={(chosen) => onChange({ nodes: chosen })}
      />
      <MultiSelect
        label={t('routing.rules.nodeKinds')}
        data={NODE_KINDS.map((kind) => ({ value: kind, label: t(`routing.kinds.${kind}`) }))}
        value={[...rule.kinds]}
        onChange={(kinds) => onChange({ kinds })}
      />
      {rule.type === 'prefer' && money('discount', 'discountMinor')}
    </>
  );
}

function When({ rule, onChange }: Pick<Props, 'rule' | 'onChange'>) {
  const { t } = useMessages();
  return (
    <div className={nodes.fields}>
      <MultiSelect
        label={t('routing.rules.channels')}
        placeholder={rule.channels.length === 0 ? t('routing.rules.always') : undefined}
        data={[...SALES_CHANNELS]}
        value={[...rule.channels]}
        onChange={(channels) => onChange({ channels })}
      />
      <TextInput
        label={t('routing.rules.countries')}
        description={t('routing.rules.countriesHint')}
        value={rule.countries}
        onChange={(event) => onChange({ countries: event.currentTarget.value })}
      />
      <TextInput
        label={t('routing.rules.skuTags')}
        description={t('routing.rules.skuTagsHint')}
        value={rule.skuTags}
        onChange={(event) => onChange({ skuTags: event.currentTarget.value })}
      />
      <QuantityInput
        label={t('routing.rules.minGrams')}
        value={rule.minGrams}
        max={MAX_GRAMS}
        onChange={(minGrams) => onChange({ minGrams })}
      />
      <QuantityInput
        label={t('routing.rules.maxGrams')}
        value={rule.maxGrams}
        max={MAX_GRAMS}
        onChange={(maxGrams) => onChange({ maxGrams })}
      />
    </div>
  );
}
