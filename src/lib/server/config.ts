import { join } from 'node:path';
import * as v from 'valibot';
import type { PostgresAddress } from './database/postgres.ts';
import { FORM_LIMITS, type FormLimits } from './form-limits.ts';
import { PROVIDER_ENTRIES, readProvider, type IdentityProvider } from './identity-provider.ts';
import { MailServerSchema, SenderSchema, type MailServer, type Sender } from './mail/mail-server.ts';
import { MetricsAddressSchema, type MetricsAddress } from './operate/metrics-address.ts';
import { readOperator, type Operator } from './operator.ts';
import { withSecretFiles } from './secret-files.ts';

const count = v.pipe(
  v.string(),
  v.regex(/^[1-9]\d{0,5}$/, 'needs a whole number from 1 to 999999'),
  v.transform(Number),
);

/** The message must not repeat the password. */
const postgresUrl = v.pipe(
  v.string(),
  v.check(isPostgresUrl, 'needs an address such as postgres://user:password@host:5432/einlass'),
);

const ConfigSchema = v.object({
  /** The folder that holds all state. */
  EINLASS_DATA: v.optional(v.pipe(v.string(), v.nonEmpty()), 'data'),
  /** A PostgreSQL that holds the data instead of a file in the folder. */
  DATABASE_URL: v.optional(postgresUrl),
  /** A standby of it, for what may be a moment old. */
  EINLASS_READ_DATABASE_URL: v.optional(postgresUrl),
  /** How many connections to it one process opens at the most. */
  EINLASS_DATABASE_POOL: v.optional(count, '10'),
  /** Replaces the secret's file in the data folder. */
  EINLASS_SECRET: v.optional(v.pipe(v.string(), v.minLength(32, 'needs at least 32 characters'))),
  /** Names the file that says who runs the installation, where it isn't `operator.json` in the data folder. */
  EINLASS_OPERATOR: v.optional(v.pipe(v.string(), v.nonEmpty())),
  /** By default `info`, or `warn` where a person reads the terminal. */
  EINLASS_LOG_LEVEL: v.optional(v.picklist(['silent', 'fatal', 'error', 'warn', 'info', 'debug'])),
  /** `1`: the terminal is told how to get in. */
  EINLASS_WELCOME: v.optional(v.picklist(['0', '1']), '0'),
  /** `0`: no demo event is made in an empty installation. */
  EINLASS_DEMO: v.optional(v.picklist(['0', '1']), '1'),
  /** How many public forms may come from one address, and from one network, within ten minutes. */
  EINLASS_FORMS_PER_ADDRESS: v.optional(count),
  EINLASS_FORMS_PER_NETWORK: v.optional(count),
  /** The address that people use, for links in the terminal. */
  ORIGIN: v.optional(v.pipe(v.string(), v.url())),
  PORT: v.optional(v.string(), '3000'),
  /** Where mails are handed over; without it they wait, and the office shows them. */
  EINLASS_SMTP_URL: v.optional(MailServerSchema),
  /** Who they come from. */
  EINLASS_MAIL_FROM: v.optional(SenderSchema),
  ...PROVIDER_ENTRIES,
  /** `required`: who signs in by a password must have a second factor. */
  EINLASS_SECOND_FACTOR: v.optional(v.picklist(['offered', 'required']), 'offered'),
  /** Where metrics are served, apart from the app; without it, they are not. */
  EINLASS_METRICS_ADDRESS: v.optional(MetricsAddressSchema),
  /** `1`: webhooks may reach the local network, and http on this machine. */
  EINLASS_WEBHOOK_ALLOW_PRIVATE: v.optional(v.picklist(['0', '1']), '0'),
});

function isPostgresUrl(text: string): boolean {
  return URL.canParse(text) && ['postgres:', 'postgresql:'].includes(new URL(text).protocol);
}

export interface Config {
  dataFolder: string;
  /** Undefined: an SQLite file in the folder. */
  database: PostgresAddress | undefined;
  /** Undefined: everything is read from the database itself. */
  readDatabase: PostgresAddress | undefined;
  secret: string | undefined;
  /** Who runs the installation. */
  operator: Operator;
  logLevel: string;
  welcome: boolean;
  demo: boolean;
  origin: string;
  formLimits: FormLimits;
  /** Null where mails are not sent. */
  mail: { server: MailServer; from: Sender } | null;
  /** Null where organisers sign in with passwords only. */
  provider: IdentityProvider | null;
  secondFactorRequired: boolean;
  privateWebhooks: boolean;
  /** Null where metrics are not served. */
  metrics: MetricsAddress | null;
}

/**
 * Reads the configuration from the environment, the files that hold its secrets, and the operator's file.
 *
 * @throws with a sentence that names the variable, or the file and its field, and what is wrong
 */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const parsed = v.safeParse(ConfigSchema, withSecretFiles(environment));
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw new Error(`${v.getDotPath(issue) ?? 'configuration'}: ${issue.message}`);
  }
  const values = parsed.output;
  return {
    dataFolder: values.EINLASS_DATA,
    database: values.DATABASE_URL
      ? { url: values.DATABASE_URL, connections: values.EINLASS_DATABASE_POOL }
      : undefined,
    readDatabase: readReplica(values),
    secret: values.EINLASS_SECRET,
    operator: readOperator(
      values.EINLASS_OPERATOR ?? join(values.EINLASS_DATA, 'operator.json'),
      values.EINLASS_OPERATOR !== undefined,
    ),
    logLevel: values.EINLASS_LOG_LEVEL ?? (values.EINLASS_WELCOME === '1' ? 'warn' : 'info'),
    welcome: values.EINLASS_WELCOME === '1',
    demo: values.EINLASS_DEMO === '1',
    origin: values.ORIGIN ?? `http://localhost:${values.PORT}`,
    formLimits: {
      perAddress: values.EINLASS_FORMS_PER_ADDRESS ?? FORM_LIMITS.perAddress,
      perNetwork: values.EINLASS_FORMS_PER_NETWORK ?? FORM_LIMITS.perNetwork,
    },
    mail: readMail(values),
    provider: readProvider(values),
    secondFactorRequired: values.EINLASS_SECOND_FACTOR === 'required',
    metrics: values.EINLASS_METRICS_ADDRESS ?? null,
    privateWebhooks: values.EINLASS_WEBHOOK_ALLOW_PRIVATE === '1',
  };
}

function readReplica(values: v.InferOutput<typeof ConfigSchema>): Config['readDatabase'] {
  const { DATABASE_URL: primary, EINLASS_READ_DATABASE_URL: url } = values;
  if (url && !primary) throw new Error('EINLASS_READ_DATABASE_URL: is set, although DATABASE_URL is not');
  return url ? { url, connections: values.EINLASS_DATABASE_POOL } : undefined;
}

function readMail(values: v.InferOutput<typeof ConfigSchema>): Config['mail'] {
  const { EINLASS_SMTP_URL: server, EINLASS_MAIL_FROM: from } = values;
  if (!server && !from) return null;
  if (!server) throw new Error('EINLASS_SMTP_URL: is missing, although EINLASS_MAIL_FROM is set');
  if (!from) throw new Error('EINLASS_MAIL_FROM: is missing, although EINLASS_SMTP_URL is set');
  return { server, from };
}
