import { LogServerError } from './server-error.js';

/** Where the database is: one URL for each of its hosts, and how to name it to people, without user and password. */
export interface Target {
  readonly urls: readonly string[];
  readonly name: string;
}

const FORM = /^(postgres(?:ql)?:\/\/(?:[^@/?#]*@)?)([^@/?#]+)\/([^/?#]+)(\?[^#]*)?$/;

/**
 * Reads `postgres://user:password@host:port,host:port/database`, the way libpq writes several hosts; undefined where the
 * text is no such URL.
 */
export function parseTarget(text: string): Target | undefined {
  const [, start, hosts, database, query = ''] = FORM.exec(text) ?? [];
  if (start === undefined || hosts === undefined || database === undefined) return undefined;
  const list = hosts.split(',');
  const urls = list.map((host) => `${start}${host}/${database}${withoutAttributes(query)}`);
  // The driver decodes what is escaped.
  if (!urls.every((url) => URL.canParse(url)) || /%(?![0-9a-f]{2})/i.test(text)) return undefined;
  return { urls, name: `${hosts}/${database}` };
}

/** Only a server that takes writes is ever used, whatever the URL says. */
function withoutAttributes(query: string): string {
  const parameters = new URLSearchParams(query);
  parameters.delete('target_session_attrs');
  return parameters.size === 0 ? '' : `?${parameters.toString()}`;
}

/** The same; throws a LogServerError that says what is expected. */
export function targetOf(url: string): Target {
  const target = parseTarget(url);
  if (target !== undefined) return target;
  throw new LogServerError(
    'The URL of the log cannot be read. Expected postgres://user:password@host:port/database; several hosts are ' +
      'separated by commas, and special characters of the password are written as %xx.',
  );
}
