import { inflateSync } from 'node:zlib';

/**
 * Unpacks a WOFF 1.0 file (W3C, "WOFF File Format 1.0") into the font it was made from. pdfkit reads WOFF too, but inflates its tables
 * anew for every document, in JavaScript: ten times slower than the whole page takes.
 */
const SIGNATURE = 0x774f4646;
const WOFF_HEADER = 44;
const WOFF_ENTRY = 20;
const SFNT_HEADER = 12;
const SFNT_ENTRY = 16;

const padded = (length: number): number => (length + 3) & ~3;

/** Throws where the file is not WOFF 1.0. */
export function unpackWoff(woff: Buffer): Buffer {
  if (woff.readUInt32BE(0) !== SIGNATURE) throw new Error('This is not a WOFF file');
  const count = woff.readUInt16BE(12);
  const entries = Array.from({ length: count }, (_, index) => {
    const at = WOFF_HEADER + index * WOFF_ENTRY;
    return {
      tag: woff.readUInt32BE(at),
      offset: woff.readUInt32BE(at + 4),
      packed: woff.readUInt32BE(at + 8),
      length: woff.readUInt32BE(at + 12),
      checksum: woff.readUInt32BE(at + 16),
    };
  });
  const font = Buffer.alloc(SFNT_HEADER + count * SFNT_ENTRY + entries.reduce((sum, entry) => sum + padded(entry.length), 0));
  writeHeader(font, woff.readUInt32BE(4), count);
  let at = SFNT_HEADER + count * SFNT_ENTRY;
  for (const [index, entry] of entries.entries()) {
    const stored = woff.subarray(entry.offset, entry.offset + entry.packed);
    // A table that deflating did not make smaller is stored as it is.
    const table = entry.packed < entry.length ? inflateSync(stored) : stored;
    table.copy(font, at);
    const place = SFNT_HEADER + index * SFNT_ENTRY;
    font.writeUInt32BE(entry.tag, place);
    font.writeUInt32BE(entry.checksum, place + 4);
    font.writeUInt32BE(at, place + 8);
    font.writeUInt32BE(entry.length, place + 12);
    at += padded(entry.length);
  }
  return font;
}

function writeHeader(font: Buffer, flavour: number, tables: number): void {
  const exponent = Math.floor(Math.log2(tables));
  const range = 2 ** exponent * SFNT_ENTRY;
  font.writeUInt32BE(flavour, 0);
  font.writeUInt16BE(tables, 4);
  font.writeUInt16BE(range, 6);
  font.writeUInt16BE(exponent, 8);
  font.writeUInt16BE(tables * SFNT_ENTRY - range, 10);
}
