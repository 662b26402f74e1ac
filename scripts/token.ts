import { existsSync } from 'node:fs';
import { cac } from 'cac';
import { SignJWT } from 'jose';
import { ConfigError, readConfig } from '../src/settings/index.js';

const ROLES = ['customer', 'staff', 'admin'];
/** How long a token holds when nobody says, and at the most, in hours. */
const HOURS = 8;
const HOURS_MAX = 24 * 30;

/** What is wrong with the call; the message says what to do. */
class Refused extends Error {}

/** A development token, signed with the secret that the environment names; throws with what is missing. */
export async function developmentToken(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | undefined> {
  const cli = cac('npm run token --');
  cli
    .usage('--role staff --subject ann [--customer ALFKI] [--hours 8]')
    .option('--role <role>', `One of ${ROLES.join(', ')}; several with commas`)
    .option('--subject <name>', 'Who it is: recorded in every event')
    .option('--customer <id>', 'Whose orders a customer sees; needed with the role customer')
    .option('--hours <count>', `How long it holds, ${HOURS} hours when left out, ${HOURS_MAX} at the most`)
    .help();
  const { args: extra, options } = cli.parse(['node', 'token', ...args]);
  if (options['help'] === true) return undefined;
  cli.globalCommand.checkUnknownOptions();
  if (extra.length > 0) throw new Refused(`Nothing is expected besides options, got ${extra.join(' ')}.`);
  const { roles, subject, customerId, hours } = wanted(options);
  const { secret, issuer, audience } = signingOf(environment);
  return new SignJWT({ roles, ...(customerId !== undefined && { customerId }) })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(`${hours} hours`)
    .sign(new TextEncoder().encode(secret));
}

function wanted(options: Readonly<Record<string, unknown>>) {
  const text = (name: string): string | undefined => {
    const value = options[name];
    // The parser makes numbers of what looks like one.
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  const roles = (text('role') ?? '').split(',');
  if (!roles.every((role) => ROLES.includes(role))) {
    throw new Refused(`--role expects one of ${ROLES.join(', ')}.`);
  }
  const subject = text('subject') ?? '';
  if (subject === '') throw new Refused('--subject expects who it is, such as ann.');
  const customerId = text('customer');
  if (roles.includes('customer') && customerId === undefined) {
    throw new Refused('--customer expects whose orders the customer sees, such as ALFKI.');
  }
  const hours = Number(text('hours') ?? HOURS);
  if (!(hours > 0 && hours <= HOURS_MAX)) {
    throw new Refused(`--hours expects a number up to ${HOURS_MAX}.`);
  }
  return { roles, subject, customerId, hours };
}

function signingOf(environment: Readonly<Record<string, string | undefined>>) {
  if (environment['NODE_ENV'] === 'production') {
    throw new Refused('Development tokens are not for production. Get one from who signs them there.');
  }
  const { auth } = readConfig(environment);
  if (auth === null || !('secret' in auth.key)) {
    throw new Refused(
      'Tokens are signed with AUTH_JWT_SECRET, AUTH_ISSUER and AUTH_AUDIENCE. Set them in the environment or in .env, where the service reads them too.',
    );
  }
  return { secret: auth.key.secret, issuer: auth.issuer, audience: auth.audience };
}

async function main(): Promise<void> {
  // The environment wins over the file.
  if (existsSync('.env')) process.loadEnvFile('.env');
  try {
    const token = await developmentToken(process.argv.slice(2), process.env);
    if (token !== undefined) process.stdout.write(`${token}\n`);
  } catch (error) {
    const expected = error instanceof Refused || error instanceof ConfigError;
    if (!expected && (error as Error).name !== 'CACError') throw error;
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}

if (process.argv[1]?.endsWith('token.ts')) await main();
