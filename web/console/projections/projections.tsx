import { SimpleGrid, Stack } from '@mantine/core';
import { useCell, useFeed } from '../feed/index.js';
import { Loading, PageHead } from '../ui/index.js';
import { ProjectionCard } from './card.js';

/** How each projection is doing, and what can be done about it. */
export function Projections() {
  const projections = useCell(useFeed().projections);
  return (
    <Stack>
      <PageHead title="Projections">
        Each keeps its views up to date with the log. What you do here is written down with your name.
      </PageHead>
      {projections.length === 0 ? (
        <Loading />
      ) : (
        <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
          {projections.map((status) => (
            <ProjectionCard key={status.name} status={status} />
          ))}
        </SimpleGrid>
      )}
    </Stack>
  );
}
