import { z } from 'zod';
import type { Limits } from '../graphql/limits/index.js';
import { readLimits } from './limit-variables.js';
import { findWebFolder } from './web-folder.js';

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'a port, 0 to 65535')
  .transform(Number)
  .refine((value) => value <= 65_535, 'a port, 0 to 65535');

const url = z
  .string()
  .refine((value) => URL.canParse(value) && /^https?:/.test(value), 'a URL with http or https');

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const onOff = z.enum(['on', 'off'], 'on or off').transform((value) => value === 'on');

/** The shortest secret that tokens may be signed with, in characters: HS256 wants 256 bits. */
const SECRET_LENGTH_MIN = 32;

/** The longest name of a node, in UTF-16 units. */
const NODE_NAME_LENGTH_MAX = 64;

const settings = z.object({
  PORT: port.default(4000),
  HOST: z.string().default('127.0.0.1'),
  DATA_DIR: z.string().default('./data'),
  LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'trace, debug, info, warn, error, fatal or silent',
    )
    .default('info'),
  EVENT_LOG_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/\S+$/, 'a URL such as postgres://user:password@host:5432/database')
    .optional(),
  NODE_NAME: z.string().max(NODE_NAME_LENGTH_MAX, `${NODE_NAME_LENGTH_MAX} characters at most`).optional(),
  NODE_URL: url.optional(),
  OPERATIONS_KEPT_DAYS: z
    .string()
    .regex(/^[1-9]\d{0,4}$/, 'a number of days, 1 to 99999')
    .transform(Number)
    .optional(),
  VIEWS_FROM: z.string().optional(),
  DURABILITY: z.enum(['full', 'normal'], 'full or normal').default('full'),
  NODE_ENV: z.string().optional(),
  AUTH_JWT_SECRET: z
    .string()
    .min(SECRET_LENGTH_MIN, `a secret of ${SECRET_LENGTH_MIN} characters at least`)
    .optional(),
  AUTH_JWKS_URL: url.optional(),
  AUTH_ISSUER: z.string().optional(),
  AUTH_AUDIENCE: z.string().optional(),
  INTROSPECTION: onOff.optional(),
  PLAYGROUND: onOff.optional(),
  SHOP: onOff.optional(),
  CONSOLE: onOff.default(true),
  CORS_ORIGINS: list.optional(),
  TRUSTED_DOCUMENTS: z.string().optional(),
});

/** How tokens are checked. */
export interface AuthConfig {
  /** A secret that is shared, or where the issuer has its public keys. */
  readonly key: { readonly secret: string } | { readonly keySetUrl: string };
  /** The `iss` that tokens must have. */
  readonly issuer: string;
  /** The `aud` that tokens must have. */
  readonly audience: string;
}

/** The service's settings. */
export interface Config {
  /** The port it listens at; 0 for a free one. */
  readonly port: number;
  /** The address it listens at. */
  readonly host: string;
  /** The folder of everything that is on this machine. */
  readonly dataDir: string;
  /** Where the log is that several nodes share; null where it is in the data directory. Has a password: never shown. */
  readonly eventLogUrl: string | null;
  /** What people call this node; null for where it is reached. */
  readonly nodeName: string | null;
  /** Where people reach this node; null for where it listens. */
  readonly nodeUrl: string | null;
  /** How long what operators did is kept in the log's database, as far as it does not matter any more; null for ever. */
  readonly operationsKeptDays: number | null;
  /** A folder with copies of views that another node has made, to begin with where there are none; null for none. */
  readonly viewsFrom: string | null;
  /** From which level on it logs. */
  readonly logLevel: z.output<typeof settings>['LOG_LEVEL'];
  /** What an acknowledgement outlasts. */
  readonly durability: z.output<typeof settings>['DURABILITY'];
  /** Null where everybody is the developer at this machine. */
  readonly auth: AuthConfig | null;
  /** Whether clients may ask for the schema. */
  readonly introspection: boolean;
  /** The playground, at `/`. */
  readonly playground: boolean;
  /** The page of the example's domain, at /shop. */
  readonly shop: boolean;
  /** The page for operators, at /console; what it shows takes an admin. */
  readonly console: boolean;
  /** The folder of the built pages; null where they have not been built. */
  readonly webFolder: string | null;
  /** Origins of pages that may call the API from elsewhere; `*` for any. */
  readonly origins: readonly string[];
  /** A file of the only documents that are served; null for any document. */
  readonly trustedDocuments: string | null;
  /** How far clients may go. */
  readonly limits: Limits;
}

/** A setting is wrong; the message names the variable, its value and what is expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The settings that the environment asks for; an empty variable counts as absent. Throws a ConfigError. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
  const { limits, wrong: wrongLimits } = readLimits(given);
  const result = settings.safeParse(given);
  const wrongSettings =
    result.error?.issues.map(({ path, message }) => ({ name: String(path[0]), expected: message })) ?? [];
  const all = [...wrongSettings, ...wrongLimits];
  if (!result.success || all.length > 0)
    throw new ConfigError(wrong(all.map(({ name, expected }) => problem(name, environment, expected))));
  const values = result.data;
  const production = values.NODE_ENV === 'production';
  const auth = authOf(values);
  if (auth === null) refuseOpenService(values.HOST, production);
  return {
    port: values.PORT,
    host: values.HOST,
    dataDir: values.DATA_DIR,
    eventLogUrl: values.EVENT_LOG_URL ?? null,
    nodeName: values.NODE_NAME ?? null,
    nodeUrl: values.NODE_URL?.replace(/\/+$/, '') ?? null,
    operationsKeptDays: values.OPERATIONS_KEPT_DAYS ?? null,
    viewsFrom: values.VIEWS_FROM ?? null,
    logLevel: values.LOG_LEVEL,
    durability: values.DURABILITY,
    auth,
    introspection: values.INTROSPECTION ?? !production,
    playground: values.PLAYGROUND ?? !production,
    shop: values.SHOP ?? !production,
    console: values.CONSOLE,
    webFolder: findWebFolder(),
    origins: values.CORS_ORIGINS ?? [],
    trustedDocuments: values.TRUSTED_DOCUMENTS ?? null,
    limits,
  };
}

function problem(
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
  expected: string,
): string {
  // A secret must not end up in a terminal or a log.
  const value = /SECRET|EVENT_LOG_URL/.test(name) ? '…' : (environment[name] ?? '');
  return `  ${name}=${value}  expected: ${expected}`;
}

function wrong(problems: readonly string[]): string {
  return ['These environment variables are wrong:', ...problems].join('\n');
}

function authOf(values: z.output<typeof settings>): AuthConfig | null {
  const {
    AUTH_JWT_SECRET: secret,
    AUTH_JWKS_URL: keySetUrl,
    AUTH_ISSUER: issuer,
    AUTH_AUDIENCE: audience,
  } = values;
  if (secret === undefined && keySetUrl === undefined) {
    if (issuer === undefined && audience === undefined) return null;
    throw new ConfigError(wrong(['  AUTH_JWT_SECRET=  expected: a secret, or AUTH_JWKS_URL with a key set']));
  }
  if (secret !== undefined && keySetUrl !== undefined) {
    throw new ConfigError(wrong(['  AUTH_JWKS_URL  expected: either this or AUTH_JWT_SECRET, not both']));
  }
  if (issuer === undefined)
    throw new ConfigError(wrong(['  AUTH_ISSUER=  expected: who signs the tokens (iss)']));
  if (audience === undefined)
    throw new ConfigError(wrong(['  AUTH_AUDIENCE=  expected: whom they are for (aud)']));
  // One of the two is there: checked above.
  return { key: secret === undefined ? { keySetUrl: keySetUrl ?? '' } : { secret }, issuer, audience };
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/;

function refuseOpenService(host: string, production: boolean): void {
  if (!production && LOOPBACK.test(host)) return;
  const why = production ? 'NODE_ENV is production' : `HOST=${host} can be reached from other machines`;
  throw new ConfigError(
    `Without authentication the service is open to everybody, and ${why}. ` +
      'Set AUTH_JWT_SECRET or AUTH_JWKS_URL, AUTH_ISSUER and AUTH_AUDIENCE, or listen on 127.0.0.1.',
  );
}
