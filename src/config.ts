import { z } from 'zod';

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'a port, 0 to 65535')
  .transform(Number)
  .refine((value) => value <= 65_535, 'a port, 0 to 65535');

const settings = z.object({
  PORT: port.default(4000),
  HOST: z.string().min(1, 'an address to listen on, such as 127.0.0.1').default('127.0.0.1'),
  DATA_DIR: z.string().min(1, 'a folder').default('./data'),
  LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      'trace, debug, info, warn, error, fatal or silent',
    )
    .default('info'),
  DURABILITY: z.enum(['full', 'normal'], 'full or normal').default('full'),
});

/** The service's settings. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  readonly logLevel: z.output<typeof settings>['LOG_LEVEL'];
  readonly durability: z.output<typeof settings>['DURABILITY'];
}

/** A setting is wrong; the message names the variable, its value and what is expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** The settings that the environment asks for; an empty variable counts as absent. Throws a ConfigError. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const result = settings.safeParse(given);
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      return `  ${name}=${environment[name] ?? ''}  expected: ${message}`;
    });
    throw new ConfigError(['These environment variables are wrong:', ...problems].join('\n'));
  }
  const { PORT, HOST, DATA_DIR, LOG_LEVEL, DURABILITY } = result.data;
  return { port: PORT, host: HOST, dataDir: DATA_DIR, logLevel: LOG_LEVEL, durability: DURABILITY };
}
