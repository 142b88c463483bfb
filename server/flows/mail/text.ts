import type { AmountRow, Block, MailDocument } from './document.ts';
import { safeUrl } from './html.ts';

/** Readers of plain text wrap by themselves; only columns are cut to this. */
const WIDTH = 64;

/** Label left, amount right, with dots between them to follow. */
function row({ label, detail, amount }: AmountRow): string {
  const left = detail ? `${label} ${detail}` : label;
  const gap = WIDTH - left.length - amount.length - 2;
  return gap > 0 ? `${left} ${'.'.repeat(gap)} ${amount}` : `${left}\n${amount.padStart(WIDTH)}`;
}

function blockText(block: Block): string {
  switch (block.type) {
    case 'text':
    case 'note':
      return block.text;
    case 'button':
      return `${block.label}:\n${safeUrl(block.url)}`;
    case 'facts':
      return block.rows.map(({ label, value }) => `${label}: ${value}`).join('\n');
    case 'items':
      return block.rows.map(({ name, detail }) => `- ${name} ${detail}`).join('\n');
    case 'amounts':
      return [...block.rows.map(row), '-'.repeat(WIDTH), row(block.total), ...block.included.map(row)].join('\n');
    case 'address':
      return `${block.label}:\n${block.lines.join('\n')}`;
  }
}

/** A mail as plain text: what the HTML says, in the same order. */
export function renderText(mail: MailDocument): string {
  return `${[mail.title, ...mail.blocks.map(blockText), `-- \n${mail.sender}\n${mail.footer}`].join('\n\n')}\n`;
}
