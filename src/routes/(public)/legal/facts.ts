import { formatDay } from '../../../lib/i18n/dates.ts';
import { getLocale, m } from '../../../lib/i18n/index.ts';
import type { Operator } from '../../../lib/server/operator.ts';
import { dialled } from '../../../lib/ui/dialled.ts';
import type { NoticeName } from '../../../params/notice.ts';

/** What a notice says of the operator in one line. */
export interface Fact {
  label: string;
  /** Undefined where the operator has said nothing. */
  text?: string | undefined;
  href?: string | undefined;
  /** What the operator has yet to fill in, as people call it. */
  missing: string[];
}

const plain = (label: string, text: string | undefined): Fact => ({
  label,
  text,
  missing: text ? [] : [label],
});
const email = (label: string, address: string | undefined): Fact => ({
  ...plain(label, address),
  href: address && `mailto:${address}`,
});
const phone = (label: string, number: string | undefined): Fact => ({
  ...plain(label, number),
  href: number && `tel:${dialled(number)}`,
});
const web = (label: string, url: string | undefined): Fact => ({ ...plain(label, url), href: url });

function address({ street, postalCode, town }: Operator): Fact {
  const place = [postalCode, town].filter(Boolean).join(' ');
  const parts = [
    [street, m.legal_street()],
    [postalCode, m.legal_postal_code()],
    [town, m.legal_town()],
  ] as const;
  return {
    label: m.legal_address(),
    text: [street, place].filter(Boolean).join('\n') || undefined,
    missing: parts.flatMap(([value, label]) => (value ? [] : [label])),
  };
}

export function providerFacts(operator: Operator): Fact[] {
  return [
    plain(m.legal_name(), operator.name),
    plain(m.legal_legal_form(), operator.legalForm),
    plain(m.legal_represented_by(), operator.representedBy),
    address(operator),
    email(m.public_email(), operator.email),
    phone(m.public_phone(), operator.phone),
    ...(operator.vatId ? [plain(m.legal_vat_id(), operator.vatId)] : []),
  ];
}

export function responsibleFacts(operator: Operator): Fact[] {
  return [
    { ...plain(m.legal_name(), operator.responsibleForContent), missing: missingResponsible(operator) },
    { ...address(operator), missing: [] },
  ];
}

const missingResponsible = ({ responsibleForContent }: Operator): string[] =>
  responsibleForContent ? [] : [m.legal_responsible()];

export function controllerFacts(operator: Operator): Fact[] {
  return [
    plain(m.legal_name(), operator.name),
    address(operator),
    email(m.public_email(), operator.email),
    phone(m.public_phone(), operator.phone),
  ];
}

/** Who makes the declaration. */
export function declarantFacts(operator: Operator): Fact[] {
  return [plain(m.legal_name(), operator.name)];
}

export function contactFacts(operator: Operator): Fact[] {
  return [email(m.public_email(), operator.email), phone(m.public_phone(), operator.phone)];
}

export function officerFacts({ dataProtectionOfficer: officer }: Operator): Fact[] {
  return inGroup(m.legal_officer(), [
    plain(m.legal_name(), officer?.name),
    email(m.public_email(), officer?.email),
    phone(m.public_phone(), officer?.phone),
  ]);
}

export function authorityFacts({ supervisoryAuthority: authority }: Operator): Fact[] {
  return inGroup(m.legal_authority(), [
    plain(m.legal_name(), authority?.name),
    web(m.legal_web(), authority?.url),
  ]);
}

export function assessmentFacts({ accessibility = {} }: Operator): Fact[] {
  const { assessedOn, method } = accessibility;
  const methods = { self: m.legal_assessed_self, third_party: m.legal_assessed_third_party };
  // A day is the same everywhere when it is read at noon.
  const day = assessedOn && formatDay(Date.parse(`${assessedOn}T12:00:00Z`), getLocale());
  return [plain(m.legal_assessed_on(), day), plain(m.legal_assessed_by(), method && methods[method]())];
}

export function enforcementFacts({ accessibility = {} }: Operator): Fact[] {
  const { enforcement } = accessibility;
  return inGroup(m.legal_enforcement(), [
    plain(m.legal_name(), enforcement?.name),
    email(m.public_email(), enforcement?.email),
    web(m.legal_web(), enforcement?.url),
  ]);
}

/** Names of several people and offices stand on one page: what is missing says of whom. */
function inGroup(group: string, facts: Fact[]): Fact[] {
  return facts.map((fact) => ({ ...fact, missing: fact.missing.map((label) => `${group}: ${label}`) }));
}

/** What the operator has yet to fill in on a page. @param forEvent - whether an event names whom to ask */
export function missingOn(notice: NoticeName, operator: Operator, forEvent: boolean): string[] {
  const missing = (facts: Fact[]) => facts.flatMap((fact) => fact.missing);
  switch (notice) {
    case 'imprint':
      return missing([...providerFacts(operator), ...responsibleFacts(operator)]);
    case 'privacy':
      return [
        ...missing([...controllerFacts(operator), ...officerFacts(operator), ...authorityFacts(operator)]),
        ...(operator.publicBody === undefined ? [m.legal_public_body()] : []),
      ];
    case 'accessibility': {
      const { status, exceptions = [] } = operator.accessibility ?? {};
      const unexplained = status !== undefined && status !== 'full' && exceptions.length === 0;
      return [
        ...(status ? [] : [m.legal_status()]),
        ...(unexplained ? [m.legal_exceptions()] : []),
        ...missing([
          ...declarantFacts(operator),
          ...assessmentFacts(operator),
          ...(forEvent ? [] : contactFacts(operator)),
          ...enforcementFacts(operator),
        ]),
      ];
    }
  }
}
