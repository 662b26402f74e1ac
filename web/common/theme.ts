import { createTheme } from '@mantine/core';

/** What all pages look like: the mark's teal, system fonts (nothing is loaded from elsewhere). */
export const theme = createTheme({
  primaryColor: 'teal',
  // White text on it has the contrast that WCAG AA asks for.
  primaryShade: { light: 9, dark: 9 },
  autoContrast: true,
  defaultRadius: 'md',
  cursorType: 'pointer',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
});
