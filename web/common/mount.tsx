import '@mantine/notifications/styles.css';
import './page.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { StrictMode, type ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import { theme } from './theme.js';

/** The nonce of this response, which admits the theme's `<style>` elements under the page's policy. */
function nonceOfPage(): string {
  return document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
}

/** Draws a page, which brings the library's styles that it needs, into `#root`, in the theme, light or dark as the system is or as the visitor chose. */
export function mount(page: ReactNode): void {
  const root = document.getElementById('root');
  if (root === null) throw new Error('The page has no element with the id root.');
  // Where the library that keeps the page still behind a dialog looks for it.
  Object.assign(globalThis, { __webpack_nonce__: nonceOfPage() });
  createRoot(root).render(
    <StrictMode>
      <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={nonceOfPage}>
        <Notifications position="bottom-right" />
        {page}
      </MantineProvider>
    </StrictMode>,
  );
}
