import {
  NODES_MAX,
  NODE_FORGOTTEN_MS,
  NODE_SILENT_MS,
  type HeardNode,
  type NodeRegistry,
  type NodeReport,
} from '../../kernel/index.js';
import type { Link } from './link.js';
import { decodeText, encodeText } from './text.js';

const ANNOUNCE = `SELECT id, name, url, version, started_at AS "startedAt", heard_at AS "heardAt",
  silent_for AS "silentMs", report FROM tidemark.announce_node($1, $2, $3, $4, $5, $6, $7, $8, $9)`;
const RETRACT = 'DELETE FROM tidemark.nodes WHERE id = $1';

interface Row extends Omit<HeardNode, keyof NodeReport> {
  readonly report: string;
}

/** The nodes of the log, in its database. */
export function createNodeRows(link: Link): NodeRegistry {
  return {
    announce: async ({ id, name, url, version }, report, uptimeMs) => {
      const [nameText = '', urlText = '', reportText = ''] = [name, url, JSON.stringify(report)].map(
        encodeText,
      );
      const bounds = [NODE_SILENT_MS, NODE_FORGOTTEN_MS, NODES_MAX];
      const rows = await link.query<Row>({
        name: 'announce_node',
        text: ANNOUNCE,
        values: [id, nameText, urlText, version, uptimeMs, reportText, ...bounds],
      });
      return rows.map(decode);
    },
    retract: async (id) => {
      await link.query({ text: RETRACT, values: [id] });
    },
  };
}

function decode({ report, ...row }: Row): HeardNode {
  // A node of another version may say more than this one knows; each of them has written what it announces.
  const said = JSON.parse(decodeText(report)) as NodeReport;
  return { ...row, name: decodeText(row.name), url: decodeText(row.url), ...said };
}
