import { expect, it } from 'vitest';
import { compareWithFile } from '../../scripts/event-schemas.js';

const { changes } = compareWithFile();
const messagesOf = (verdict: string) =>
  changes.filter((change) => change.verdict === verdict).map(({ message }) => message);

it('stored events of every version that event-schemas.json records can still be read as they are typed', () => {
  const broken = messagesOf('breaking');
  expect(broken, broken.join('\n')).toEqual([]);
});

it('event-schemas.json records what the catalogue says', () => {
  const news = messagesOf('compatible');
  expect(news, `Run \`npm run event-schemas\` and commit the file. ${news.join(' ')}`).toEqual([]);
});
