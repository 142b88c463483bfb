import PDFDocument from 'pdfkit';
import type { Paper } from './paper.ts';
import { Printer } from './printer.ts';

/** What a reader's program shows of a paper beside its pages. */
export function factsOf({ language, title, author, at }: Pick<Paper, 'language' | 'title' | 'author' | 'at'>) {
  return {
    size: 'A4',
    margin: 0,
    lang: language,
    displayTitle: true,
    info: { Title: title, Author: author, Creator: 'Waybill', CreationDate: at },
  };
}

/** Sets a paper as a PDF. Takes tens of milliseconds of plain computing: see press.ts for where it may run. */
export async function renderPaper(paper: Paper): Promise<Buffer> {
  const sheet = new PDFDocument({
    ...factsOf(paper),
    bufferPages: true,
  });
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    sheet.on('data', (chunk: Buffer) => chunks.push(chunk));
    sheet.on('end', resolve);
    sheet.on('error', reject);
  });
  const printer = new Printer(sheet);
  for (const block of paper.blocks) printer.set(block);
  printer.number(paper.foot);
  sheet.end();
  await ended;
  return Buffer.concat(chunks);
}
