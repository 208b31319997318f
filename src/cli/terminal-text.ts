/** Text from elsewhere made safe to print: control characters (a terminal would obey them) become `?`. */
export function printable(text: string): string {
  return text.replace(/(?![\t\n])[\p{Cc}\u2028\u2029]/gu, '?');
}
