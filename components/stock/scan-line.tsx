'use client';
import { TextInput } from '@mantine/core';
import { IconBarcode } from '@tabler/icons-react';
import { type KeyboardEvent, useState } from 'react';

/** Takes what a scanner types and Enter, and hands it on; says what it does not know. */
export function ScanLine(props: {
  readonly label: string;
  readonly unknown: (code: string) => string;
  readonly onScan: (code: string) => boolean;
}) {
  const [text, setText] = useState('');
  const [said, setSaid] = useState<string | null>(null);
  const scan = (event: KeyboardEvent) => {
    if (event.key !== 'Enter') return;
    event.preventDefault();
    const code = text.trim();
    if (code === '') return;
    setSaid(props.onScan(code) ? null : props.unknown(code));
    setText('');
  };
  return (
    <TextInput
      aria-label={props.label}
      placeholder={props.label}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        setSaid(null);
      }}
      onKeyDown={scan}
      error={said}
      autoComplete="off"
      spellCheck={false}
      leftSection={<IconBarcode size={16} aria-hidden />}
    />
  );
}
