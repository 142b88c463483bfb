import type { Parcel } from './state.ts';

const plain = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '?').replaceAll(/([\\()])/g, '\\$1');

function linesOf(parcel: Parcel): string[] {
  const { to } = parcel;
  const town = [to.postal_code, to.city, to.country].filter(Boolean).join(' ');
  const address = [to.name, to.line1, to.line2, town].filter((line): line is string => Boolean(line));
  return [
    'WAYBILL TEST CARRIER',
    parcel.service.toUpperCase(),
    '',
    ...address,
    '',
    parcel.tracking_number,
    `${parcel.weight_grams} g`,
  ];
}

/** A one-page PDF (A6) that any viewer opens: the address, the tracking number and its bars. */
export function labelPdf(parcel: Parcel): Buffer {
  const lines = linesOf(parcel).map((line, i) => `BT /F1 ${i === 0 ? 14 : 12} Tf 24 ${380 - i * 20} Td (${plain(line)}) Tj ET`);
  const bars = [...parcel.tracking_number].map((digit, i) => `${24 + i * 16} 40 ${3 + (digit.charCodeAt(0) % 8)} 70 re f`);
  const content = [...lines, ...bars].join('\n');
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 298 420] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let pdf = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const at = pdf.length;
    pdf += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return at;
  });
  const table = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('');
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${pdf.length}\n%%EOF\n`;
  return Buffer.from(`${pdf}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}${trailer}`, 'latin1');
}
