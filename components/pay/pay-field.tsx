'use client';
import { type InputHTMLAttributes, useId } from 'react';
import classes from './pay.module.css';

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'id' | 'className'> {
  readonly label: string;
  readonly error: string | null;
  readonly name: string;
}

/** A labelled field with its problem below it, large enough for a thumb. */
export function PayField({ label, error, ...input }: FieldProps) {
  const id = useId();
  return (
    <div className={classes.field}>
      <label htmlFor={id}>{label}</label>
      <input {...input} id={id} aria-invalid={error ? true : undefined} aria-describedby={error ? `${id}-error` : undefined} />
      {error && (
        <p id={`${id}-error`} className={classes.fieldError}>
          {error}
        </p>
      )}
    </div>
  );
}

/** The same for a choice. */
export function PaySelect(props: {
  label: string;
  name: string;
  value: string;
  autoComplete: string;
  options: readonly { readonly code: string; readonly name: string }[];
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <div className={classes.field}>
      <label htmlFor={id}>{props.label}</label>
      <select
        id={id}
        name={props.name}
        value={props.value}
        autoComplete={props.autoComplete}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      >
        {props.options.map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}
