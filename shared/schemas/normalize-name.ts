/**
 * A name as it is kept and compared: composed (Unicode NFC), without white space around it, and with one blank where there
 * was any white space inside. Two spellings that look the same are one name, in files and in deliveries alike.
 */
export function normalizeName(text: string): string {
  return text.normalize('NFC').trim().replace(/\s+/gu, ' ');
}
