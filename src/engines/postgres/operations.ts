import { type Operation, type OperationLog, type OperationPage } from '../../kernel/index.js';
import type { Link } from './link.js';
import { decodeNullable, decodeText, encodeNullable, encodeText } from './text.js';

const RECORD = 'SELECT tidemark.record_operation($1, $2, $3, $4, $5, $6, $7)';

const read = (direction: 'ASC' | 'DESC'): string =>
  `SELECT seq, name, projection, actor, correlation_id AS "correlationId", at, position, reason
   FROM tidemark.log_operations
   WHERE seq > $1 AND seq < $2 AND ($3::text IS NULL OR projection = $3) ORDER BY seq ${direction} LIMIT $4`;

/** What operators did, in the log's database, so that it holds for all nodes. */
export function createOperationRows(link: Link): OperationLog {
  return {
    record: async ({ name, projection, actor, correlationId, at, position, reason }) => {
      const texts = [name, projection, actor, correlationId].map(encodeText);
      await link.query({ text: RECORD, values: [...texts, at, position, encodeNullable(reason)] });
    },
    read: async ({
      projection,
      after = 0,
      before = Number.MAX_SAFE_INTEGER,
      limit,
      backward = false,
    }: OperationPage) => {
      const wanted = projection === undefined ? null : encodeText(projection);
      const values = [after, before, wanted, limit];
      const rows = await link.query<Operation>({ text: read(backward ? 'DESC' : 'ASC'), values });
      const operations = rows.map(decode);
      return backward ? operations.reverse() : operations;
    },
  };
}

function decode(row: Operation): Operation {
  const { projection, actor, correlationId, reason } = row;
  return {
    ...row,
    projection: decodeText(projection),
    actor: decodeText(actor),
    correlationId: decodeText(correlationId),
    reason: decodeNullable(reason),
  };
}
