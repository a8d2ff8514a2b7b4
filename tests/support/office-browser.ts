import { readOrganiser, signIn, type Organiser } from '../../src/lib/server/accounts.ts';
import type { SessionCookie } from '../../src/lib/server/auth.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { createSetupLink, useSetupLink } from '../../src/lib/server/setup-link.ts';

export const MERTENS = {
  name: 'Frank Mertens',
  email: 'office@example.org',
  password: 'long enough, surely',
};
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** A browser, as far as the server sees one: it keeps its cookies and says what it is. */
export class OfficeBrowser {
  private readonly jar = new Map<string, string>();
  private readonly installation: Installation;
  private readonly userAgent: string;

  constructor(installation: Installation, userAgent = FIREFOX) {
    this.installation = installation;
    this.userAgent = userAgent;
  }

  get headers(): Headers {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('; ');
    return new Headers({ cookie, 'user-agent': this.userAgent });
  }

  keep(cookies: SessionCookie[]): this {
    for (const { name, value, maxAge } of cookies) {
      if (maxAge === 0) this.jar.delete(name);
      else this.jar.set(name, value);
    }
    return this;
  }

  /** Who is signed in here. */
  organiser(): Promise<Organiser | null> {
    return readOrganiser(this.installation, this.headers);
  }

  /** The first half of signing in, or all of it where there is no second factor. */
  async signIn(password = MERTENS.password, email = MERTENS.email): Promise<string> {
    const form = { email, password };
    const outcome = await signIn(this.installation, form, '192.0.2.7', this.headers);
    if ('cookies' in outcome) this.keep(outcome.cookies);
    return outcome.kind;
  }
}

/** The first organiser, signed in. */
export async function setUpBrowser(installation: Installation, userAgent?: string): Promise<OfficeBrowser> {
  const browser = new OfficeBrowser(installation, userAgent);
  const token = await createSetupLink(installation);
  const made = await useSetupLink(installation, token!, MERTENS, browser.headers);
  if (made.kind !== 'signed_in') throw new Error(made.kind);
  return browser.keep(made.cookies);
}
