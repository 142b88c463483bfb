'use client';
import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { RuleSetRow, RulesPage } from '../../server/views/routing.ts';
import nodes from '../nodes/nodes.module.css';
import { usePowers } from '../powers.ts';
import { useRequestKey } from '../request-key.ts';
import { shownError, useTRPC } from '../trpc.tsx';
import { Section } from '../ui/detail-layout.tsx';
import { MoneyInput } from '../ui/form-fields.tsx';
import { useMessages } from '../ui/locale.tsx';
import { ErrorState } from '../ui/states.tsx';
import { useToast } from '../ui/toast.tsx';
import { EndDraft } from './end-draft.tsx';
import { RuleFields } from './rule-fields.tsx';
import { BLANK_RULE, contentOf, formOf, type RuleForm, type RulesForm } from './rule-form.ts';

interface Props {
  readonly page: RulesPage;
  readonly draft: RuleSetRow | undefined;
  readonly active: RuleSetRow | undefined;
}

/** The draft of a merchant's rules: edited here, replayed below, and put in force. */
export function RulesEditor({ page, draft, active }: Props) {
  const { t } = useMessages();
  const trpc = useTRPC();
  const toast = useToast();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  const may = usePowers().may('routing.saveDraft');
  const stored = draft ?? active;
  const before = formOf(stored?.content ?? page.defaults);
  const [form, setForm] = useState<RulesForm>(before);
  const [note, setNote] = useState(draft?.note ?? '');
  const [ending, setEnding] = useState<'promote' | 'discard' | null>(null);
  const content = contentOf(form);
  const same = draft !== undefined && JSON.stringify([form, note]) === JSON.stringify([before, draft.note ?? '']);
  const save = useMutation(
    trpc.routing.saveDraft.mutationOptions({
      onSuccess: () => toast.success({ message: t('routing.rules.saved') }),
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(trpc.routing.pathFilter()),
    }),
  );
  const blocked = !may
    ? t('routing.rules.readOnly')
    : content === null
      ? t('routing.rules.incomplete')
      : same
        ? t('routing.rules.same')
        : null;
  const error = shownError(save.error);
  const { id: merchantId, currency } = page.merchant;
  return (
    <Section title={draft ? t('routing.rules.draft', { number: draft.number }) : t('routing.rules.edit')}>
      <form
        className={nodes.zones}
        onSubmit={(event) => {
          event.preventDefault();
          if (content && !blocked)
            save.mutate(
              request.keyed({ merchantId, content, version: draft?.version ?? 0, ...(note.trim() ? { note: note.trim() } : {}) }),
            );
        }}
      >
        <Penalties form={form} currency={currency} onChange={(part) => setForm({ ...form, ...part })} />
        <RuleList page={page} rules={form.rules} onChange={(rules) => setForm({ ...form, rules })} />
        <TextInput
          label={t('routing.rules.note')}
          maxLength={300}
          value={note}
          w="100%"
          onChange={(event) => setNote(event.currentTarget.value)}
        />
        {error && <ErrorState error={error} compact />}
        <div className={nodes.buttons}>
          <Button type="submit" disabled={blocked !== null} loading={save.isPending}>
            {t('routing.rules.save')}
          </Button>
          {draft && may && (
            <>
              <Button variant="default" disabled={!same} onClick={() => setEnding('promote')}>
                {t('routing.rules.promote')}
              </Button>
              <Button variant="subtle" color="red" onClick={() => setEnding('discard')}>
                {t('routing.rules.discard')}
              </Button>
            </>
          )}
          {blocked && <span className={nodes.text}>{blocked}</span>}
        </div>
      </form>
      {ending && draft && (
        <EndDraft how={ending} draft={draft} active={active} merchantId={merchantId} onClose={() => setEnding(null)} />
      )}
    </Section>
  );
}

interface PenaltyProps {
  readonly form: RulesForm;
  readonly currency: string;
  readonly onChange: (part: Partial<RulesForm>) => void;
}

function Penalties({ form, currency, onChange }: PenaltyProps) {
  const { t } = useMessages();
  return (
    <div className={nodes.fields} style={{ width: '100%' }}>
      {(['splitMinor', 'lateDayMinor'] as const).map((key) => (
        <MoneyInput
          key={key}
          label={t(key === 'splitMinor' ? 'routing.rules.splitPenalty' : 'routing.rules.latePenalty')}
          required
          currency={currency}
          value={form[key] === null ? null : BigInt(form[key])}
          onChange={(amount) => onChange({ [key]: amount === null ? null : Number(amount) })}
        />
      ))}
    </div>
  );
}

interface ListProps {
  readonly page: RulesPage;
  readonly rules: readonly RuleForm[];
  readonly onChange: (rules: readonly RuleForm[]) => void;
}

function RuleList({ page, rules, onChange }: ListProps) {
  const { t } = useMessages();
  const move = (at: number, by: -1 | 1): void => {
    const next = [...rules];
    const [moved] = next.splice(at, 1);
    if (moved) next.splice(at + by, 0, moved);
    onChange(next);
  };
  return (
    <>
      {rules.length === 0 && <p className={nodes.text}>{t('routing.rules.noRules')}</p>}
      {rules.map((rule, at) => (
        <RuleFields
          key={at}
          rule={rule}
          at={at}
          of={rules.length}
          page={page}
          onChange={(change) => onChange(rules.map((one, index) => (index === at ? { ...one, ...change } : one)))}
          onMove={(by) => move(at, by)}
          onRemove={() => onChange(rules.filter((_, index) => index !== at))}
        />
      ))}
      <Button variant="default" size="compact-sm" onClick={() => onChange([...rules, BLANK_RULE])}>
        {t('routing.rules.add')}
      </Button>
    </>
  );
}
