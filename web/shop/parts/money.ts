const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string): Intl.NumberFormat {
  const known = formats.get(currency);
  if (known !== undefined) return known;
  const format = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  });
  formats.set(currency, format);
  return format;
}

/** An exact amount for people: `$1,234.50`. */
export function moneyText({ amount, currencyCode }: { amount: string; currencyCode: string }): string {
  // Texts are formatted exactly, but the types of the language do not know that yet.
  return formatOf(currencyCode).format(amount as unknown as number);
}

/** A fraction as per cent: `0.15` is `15 %`. */
export function percentText(fraction: string): string {
  return `${Number((Number(fraction) * 100).toFixed(2))} %`;
}

/** Per cent as people type it, as the fraction that the service takes; what is no number is left for it to refuse. */
export function fractionOf(percent: string): string {
  const text = percent.trim().replace(/ *%$/, '').replace(',', '.');
  if (text === '') return '0';
  const match = /^(\d{1,3})(?:\.(\d{1,4}))?$/.exec(text);
  if (match === null) return percent;
  const digits = (match[1] ?? '').padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}${match[2] ?? ''}`;
}
