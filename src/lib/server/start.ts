import { join } from 'node:path';
import QRCode from 'qrcode';
import { HOUR, millis, MINUTE } from '../domain/time.ts';
import { forgetApiRequests } from './api/api-register.ts';
import { readConfig, type Config } from './config.ts';
import { demoEvent } from './demo-event.ts';
import { createPairingCode } from './devices.ts';
import { eraseDue } from './erasure.ts';
import { createEvent, listEvents } from './events.ts';
import { deleteOldFeedback } from './feedback.ts';
import { openInstallation, type Installation } from './installation.ts';
import { createLog } from './log.ts';
import { smtpTransport } from './mail/handover.ts';
import { Postman } from './mail/postman.ts';
import { serveMetrics } from './operate/metrics-listener.ts';
import { missingFields } from './operator.ts';
import type { RoundParts } from './outbox-rounds.ts';
import { deleteOldImports } from './registration-import/import.ts';
import { createSetupLink } from './setup-link.ts';
import { inTurn } from './turns.ts';
import { Courier } from './webhooks/courier.ts';
import { forgetDeliveries } from './webhooks/webhooks.ts';

/**
 * Opens the installation that the environment names, with the demo event in it when it has none, and tells the
 * terminal how to get in where that is wanted.
 *
 * @param build - of the app that runs
 */
export async function startInstallation(
  environment: Record<string, string | undefined>,
  build: string,
): Promise<Installation> {
  const config = readConfig(environment);
  const installation = await openInstallation({
    dataFolder: config.dataFolder,
    database: config.database,
    readDatabase: config.readDatabase,
    clock: () => millis(Date.now()),
    log: createLog(config.logLevel),
    secret: config.secret,
    origin: config.origin,
    formLimits: config.formLimits,
    operator: config.operator,
    sendsMail: config.mail !== null,
    secondFactorRequired: config.secondFactorRequired,
    privateWebhooks: config.privateWebhooks,
    build,
    provider: config.provider,
  });
  const missing = missingFields(config.operator);
  if (missing.length > 0)
    installation.log.warn({ missing }, 'the legal pages say that the operator has yet to fill these in');
  if (config.demo) await makeDemo(installation);
  keepPromises(installation);
  deleteImportsHourly(installation);
  if (config.metrics) {
    const listener = await serveMetrics(installation, config.metrics);
    installation.beforeClose(() => listener.close());
  }
  if (config.mail) startPostman(installation, config.mail);
  startCourier(installation);
  if (config.welcome) {
    process.once('einlass:listening', () => {
      printWelcome(installation, config).catch((err: unknown) =>
        installation.log.error({ err }, 'no welcome'),
      );
    });
  }
  installation.log.info({ data: join(config.dataFolder) }, 'installation open');
  return installation;
}

/** Of several processes that start at once, one makes it. @throws when it can't be made */
async function makeDemo(installation: Installation): Promise<void> {
  const isEmpty = async () => (await listEvents(installation.db)).length === 0;
  if (!(await isEmpty())) return;
  try {
    await createEvent(installation, demoEvent(installation.clock()));
  } catch (error) {
    // Another process has been faster: there is one event to each address.
    if (await isEmpty()) throw error;
  }
}

/** Erases what is due, at the start and often enough to be done on the promised day. */
function keepPromises(installation: Installation): void {
  const keep = async () => {
    await deleteOldFeedback(installation);
    await forgetDeliveries(installation);
    await forgetApiRequests(installation);
    const registrations = await eraseDue(installation);
    if (registrations > 0) installation.log.info({ registrations }, 'erased, as was promised');
  };
  const keepOrSay = () => {
    inTurn(installation, 'erasure', keep).catch((err: unknown) =>
      installation.log.error({ err }, 'not erased'),
    );
  };
  keepOrSay();
  setInterval(keepOrSay, 15 * MINUTE).unref();
}

/** What was handed in and not taken in goes, at the start and once an hour. */
function deleteImportsHourly(installation: Installation): void {
  const remove = () => {
    deleteOldImports(installation).catch((err: unknown) =>
      installation.log.error({ err }, 'imports not deleted'),
    );
  };
  remove();
  setInterval(remove, HOUR).unref();
}

function startPostman(installation: Installation, { server, from }: NonNullable<Config['mail']>): void {
  const postman = new Postman(installation, {
    transport: smtpTransport(server, from),
    ...ROUND_PARTS,
  });
  installation.beforeClose(() => postman.stop());
  postman.start();
}

function startCourier(installation: Installation): void {
  const courier = new Courier(installation, ROUND_PARTS);
  installation.beforeClose(() => courier.stop());
  courier.start();
}

const ROUND_PARTS: RoundParts = {
  schedule(callback, delay) {
    const timer = setTimeout(callback, delay);
    return () => clearTimeout(timer);
  },
  random: Math.random,
};

async function printWelcome(installation: Installation, { origin }: Config): Promise<void> {
  const lines = [''];
  for (const event of await listEvents(installation.db)) {
    const code = await createPairingCode(installation, event.id);
    const pairing = `${origin}/door#pair=${code}`;
    lines.push(
      event.texts.title.de,
      `  register     ${origin}/${event.slug}`,
      `  door         ${origin}/door`,
      `  pair tablet  ${pairing}`,
      `               or type the code ${code} at the door; it pairs one tablet within 12 hours`,
      await terminalQr(pairing),
    );
  }
  const setup = await createSetupLink(installation);
  lines.push(
    setup ? `  organiser    ${origin}/office/setup/${setup}   (once)` : `  organiser    ${origin}/office`,
    '',
  );
  process.stdout.write(lines.join('\n') + '\n');
}

/** In colours where a person looks at it, without where it goes into a file. */
function terminalQr(text: string): Promise<string> {
  if (!process.stdout.isTTY) return QRCode.toString(text, { type: 'utf8' });
  return QRCode.toString(text, { type: 'terminal', small: true });
}
