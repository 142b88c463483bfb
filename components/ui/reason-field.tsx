'use client';
import { Button, Input, Select, Textarea } from '@mantine/core';
import { useEffect, useId } from 'react';
import classes from './effect-dialog.module.css';
import { useMessages } from './locale.tsx';
import { useHabitKey } from './person.tsx';
import { isText, useRemembered } from './remembered.ts';

export interface ReasonAsked {
  readonly required: boolean;
  /** A choice; without one the reason is free text. */
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  /** Values of `options`, or whole sentences, that are one press away. */
  readonly quick?: readonly string[];
  /** Under this name the last reason is remembered: it is chosen, or offered first where the reason is free text. */
  readonly remember?: string;
  /** Told of what is chosen, where the effect depends on it. */
  readonly onChoose?: (reason: string) => void;
}

interface ReasonFieldProps {
  readonly asked: ReasonAsked;
  readonly value: string;
  readonly onChange: (reason: string) => void;
  readonly error: string | undefined;
}

/** The reason given last, and how to keep the next. */
export function useLastReason(asked: ReasonAsked | undefined): [string, (reason: string) => void] {
  const [last, keep] = useRemembered(useHabitKey(asked?.remember ? `reason:${asked.remember}` : null), '', isText);
  const known = asked?.options === undefined || asked.options.some(({ value }) => value === last);
  return [known ? last : '', keep];
}

function QuickChoices(props: {
  choices: readonly { value: string; label: string }[];
  value: string;
  onChange: (value: string) => void;
}) {
  const { t } = useMessages();
  const name = useId();
  return (
    <fieldset className={classes.quick}>
      <legend className="wb-visually-hidden">{t('ui.quickReasons')}</legend>
      {props.choices.map((choice) => (
        <label key={choice.value} className={classes.choice}>
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={props.value === choice.value}
            onChange={() => props.onChange(choice.value)}
          />
          <span>{choice.label}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Why: quick choices, and all the others. */
export function ReasonField({ asked, value, onChange, error }: ReasonFieldProps) {
  const { t } = useMessages();
  const [last] = useLastReason(asked);
  const { onChoose } = asked;
  useEffect(() => onChoose?.(value), [onChoose, value]);
  const { options, quick = [] } = asked;
  if (options) {
    const choices = quick.flatMap((one) => options.find((option) => option.value === one) ?? []);
    return (
      <Input.Wrapper label={t('ui.reason')} required={asked.required} labelElement="div">
        {choices.length > 0 && <QuickChoices choices={choices} value={value} onChange={onChange} />}
        <Select
          aria-label={t('ui.reason')}
          placeholder={t('ui.otherReasons')}
          data={options}
          value={value || null}
          onChange={(chosen) => onChange(chosen ?? '')}
          error={error}
        />
      </Input.Wrapper>
    );
  }
  const sentences = [...new Set([last, ...quick].filter(Boolean))];
  return (
    <div>
      <Textarea
        label={t('ui.reason')}
        required={asked.required}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        error={error}
        autosize
        minRows={2}
      />
      {sentences.length > 0 && (
        <fieldset className={`${classes.quick} ${classes.below}`}>
          <legend className="wb-visually-hidden">{t('ui.quickReasons')}</legend>
          {sentences.map((sentence) => (
            <Button key={sentence} variant="default" size="compact-xs" onClick={() => onChange(sentence)}>
              {sentence}
            </Button>
          ))}
        </fieldset>
      )}
    </div>
  );
}
