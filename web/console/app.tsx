import { Title } from '@mantine/core';

/** The page. */
export function App() {
  return (
    <main>
      <Title>Tidemark console</Title>
    </main>
  );
}
