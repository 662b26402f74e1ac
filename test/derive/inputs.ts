import { toStandardJsonSchema } from '@valibot/to-json-schema';
import { type } from 'arktype';
import * as v from 'valibot';
import { zodInputs, type LibraryInputs } from './library.js';

const genre = v.picklist(['FICTION', 'SCIENCE']);
const bookId = v.pipe(v.string(), v.uuid());

/** The library's inputs with valibot. */
const valibotInputs = {
  addBook: toStandardJsonSchema(
    v.object({
      bookId: v.pipe(v.string(), v.uuid(), v.description('A new id.')),
      title: v.pipe(v.string(), v.regex(/\S/, 'must not be blank')),
      author: v.string(),
      genre: v.optional(genre, 'FICTION'),
      pages: v.pipe(v.number(), v.integer(), v.minValue(1)),
      price: v.nullish(v.number()),
      shelf: v.object({ room: v.string(), rows: v.array(v.object({ label: v.string() })) }),
    }),
  ),
  lendBook: toStandardJsonSchema(
    v.object({
      bookId,
      memberId: v.string(),
      days: v.optional(v.pipe(v.number(), v.integer(), v.maxValue(60)), 14),
    }),
  ),
  returnBook: toStandardJsonSchema(
    v.object({
      bookId,
      note: v.optional(v.pipe(v.string(), v.description('What it looks like now.'))),
    }),
  ),
};

/** The library's inputs with arktype, whose JSON Schema of an input has no defaults. */
const arktypeInputs = {
  addBook: type({
    bookId: type('string.uuid').describe('A new id.'),
    title: /\S/,
    author: 'string',
    genre: "'FICTION' | 'SCIENCE' = 'FICTION'",
    pages: 'number.integer >= 1',
    'price?': 'number | null',
    shelf: { room: 'string', rows: type({ label: 'string' }).array() },
  }),
  lendBook: type({ bookId: 'string.uuid', memberId: 'string', days: 'number.integer <= 60 = 14' }),
  returnBook: type({
    bookId: 'string.uuid',
    'note?': type('string').describe('What it looks like now.'),
  }),
};

/** The same inputs with each library. */
export const everyInputs: Readonly<Record<string, { readonly [C in keyof LibraryInputs]: unknown }>> = {
  zod: zodInputs,
  valibot: valibotInputs,
  arktype: arktypeInputs,
};
