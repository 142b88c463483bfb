import type { AmountRow, Block, MailDocument } from './document.ts';

/**
 * A mail as HTML: one column of 600 px that narrows to a phone, styles on the elements because some programs read no other, and a
 * short sheet for the dark. It loads nothing: no picture, no font, nothing that could tell when it was opened.
 */
const FONT = "-apple-system, BlinkMacSystemFont, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";
const COLOUR = {
  page: '#f4f5f7',
  card: '#ffffff',
  text: '#16181d',
  dimmed: '#5b616d',
  border: '#e4e6ea',
  accent: '#3d49bd',
} as const;

const DARK_SHEET = `
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  a { text-decoration: underline; }
  @media (max-width: 620px) { .card { padding: 24px 20px !important; } .page { padding: 0 !important; } }
  @media (prefers-color-scheme: dark) {
    body, .page { background: #0c0d0f !important; }
    .card { background: #191a1d !important; border-color: #292b30 !important; }
    .text, .text td { color: #eceef2 !important; }
    .dimmed, .dimmed td { color: #9ca3af !important; }
    .rule { border-color: #40434b !important; }
    .link { color: #a3abf3 !important; }
    .button { background: #4a57d6 !important; }
  }`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text that cannot become markup, wherever it stands. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** An address that a browser opens and that runs nothing. Throws for any other. */
export function safeUrl(url: string): string {
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' && parsed.protocol !== 'http:')
    throw new Error('A mail only links to http and https addresses');
  return parsed.href;
}

const multiline = (text: string) => escapeHtml(text).replaceAll('\n', '<br>');
const table = (rows: string, style = '') =>
  `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;${style}">${rows}</table>`;
const cell = (content: string, style: string, className = 'text') =>
  `<td class="${className}" style="font-family:${FONT};font-size:15px;line-height:22px;vertical-align:top;${style}">${content}</td>`;

function amountRow(row: AmountRow, style: string, className = 'text'): string {
  const detail = row.detail
    ? ` <span class="dimmed" style="color:${COLOUR.dimmed};white-space:nowrap">${escapeHtml(row.detail)}</span>`
    : '';
  const left = cell(`${escapeHtml(row.label)}${detail}`, `padding:8px 12px 8px 0;${style}`, className);
  const right = cell(escapeHtml(row.amount), `padding:8px 0;text-align:right;white-space:nowrap;${style}`, className);
  return `<tr>${left}${right}</tr>`;
}

function amounts({ rows, total, included }: Extract<Block, { type: 'amounts' }>): string {
  const line = `border-bottom:1px solid ${COLOUR.border};color:${COLOUR.text};`;
  const small = `font-size:13px;line-height:18px;padding-top:4px;padding-bottom:0;color:${COLOUR.dimmed};`;
  return table(
    rows.map((row) => amountRow(row, line, 'text rule')).join('') +
      amountRow(total, `font-weight:600;font-size:17px;padding-top:14px;color:${COLOUR.text};`) +
      included.map((row) => amountRow(row, small, 'dimmed')).join(''),
    'margin:0 0 20px;',
  );
}

function blockHtml(block: Block): string {
  const paragraph = `margin:0 0 16px;font-family:${FONT};`;
  switch (block.type) {
    case 'text':
      return `<p class="text" style="${paragraph}font-size:15px;line-height:23px;color:${COLOUR.text}">${multiline(block.text)}</p>`;
    case 'note':
      return `<p class="dimmed" style="${paragraph}font-size:13px;line-height:19px;color:${COLOUR.dimmed}">${multiline(block.text)}</p>`;
    case 'button': {
      const url = escapeHtml(safeUrl(block.url));
      const button = `display:inline-block;padding:11px 22px;border-radius:6px;background:${COLOUR.accent};color:#ffffff;font-family:${FONT};font-size:15px;line-height:20px;font-weight:600;text-decoration:none`;
      return `<p style="margin:4px 0 22px"><a class="button" href="${url}" target="_blank" rel="noopener noreferrer" style="${button}">${escapeHtml(block.label)}</a></p>`;
    }
    case 'facts':
      return table(
        block.rows
          .map(
            ({ label, value }) =>
              `<tr>${cell(escapeHtml(label), `padding:4px 16px 4px 0;color:${COLOUR.dimmed};white-space:nowrap;`, 'dimmed')}${cell(multiline(value), `padding:4px 0;width:100%;color:${COLOUR.text};word-break:break-word;`)}</tr>`,
          )
          .join(''),
        'margin:0 0 20px;',
      );
    case 'items':
      return table(
        block.rows
          .map(
            ({ name, detail }) =>
              `<tr>${cell(escapeHtml(name), `padding:8px 12px 8px 0;border-bottom:1px solid ${COLOUR.border};color:${COLOUR.text};`, 'text rule')}${cell(escapeHtml(detail), `padding:8px 0;border-bottom:1px solid ${COLOUR.border};color:${COLOUR.dimmed};text-align:right;white-space:nowrap;`, 'dimmed rule')}</tr>`,
          )
          .join(''),
        'margin:0 0 20px;',
      );
    case 'amounts':
      return amounts(block);
    case 'address':
      return `<p class="dimmed" style="margin:0 0 2px;font-family:${FONT};font-size:13px;line-height:19px;color:${COLOUR.dimmed}">${escapeHtml(block.label)}</p><p class="text" style="${paragraph}font-size:15px;line-height:22px;color:${COLOUR.text}">${block.lines.map(escapeHtml).join('<br>')}</p>`;
  }
}

/** The whole page. Everything that came from outside is escaped. */
export function renderHtml(mail: MailDocument): string {
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>${escapeHtml(mail.subject)}</title><style>${DARK_SHEET}\n</style>`;
  const preview = `<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">${escapeHtml(mail.preview)}</div>`;
  const sender = `<p class="dimmed" style="margin:0 0 20px;font-family:${FONT};font-size:14px;line-height:20px;font-weight:600;color:${COLOUR.dimmed}">${escapeHtml(mail.sender)}</p>`;
  const title = `<h1 class="text" style="margin:0 0 16px;font-family:${FONT};font-size:22px;line-height:29px;font-weight:650;color:${COLOUR.text}">${escapeHtml(mail.title)}</h1>`;
  const card = `<td class="card" style="padding:32px 36px 20px;background:${COLOUR.card};border:1px solid ${COLOUR.border};border-radius:10px">${sender}${title}${mail.blocks.map(blockHtml).join('')}</td>`;
  const footer = `<td class="dimmed" style="padding:18px 20px 28px;font-family:${FONT};font-size:12px;line-height:18px;text-align:center;color:${COLOUR.dimmed}">${multiline(mail.footer)}</td>`;
  const column = `<table role="presentation" cellpadding="0" cellspacing="0" border="0" align="center" style="width:100%;max-width:600px;margin:0 auto"><tr>${card}</tr><tr>${footer}</tr></table>`;
  return `<!doctype html>\n<html lang="${escapeHtml(mail.lang)}"><head>${head}</head><body style="margin:0;padding:0;background:${COLOUR.page}">${preview}<div class="page" style="padding:24px 12px 0;background:${COLOUR.page}">${column}</div></body></html>\n`;
}
