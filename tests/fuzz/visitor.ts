import { formsIn, type HtmlForm } from './html-forms.ts';
import type { Answer, Client } from './client.ts';
import { encode, type Field } from './request.ts';

/** Sends what a browser would, as one person: pages and forms. */
export class Visitor {
  readonly client: Client;
  readonly cookie: string;

  constructor(client: Client, cookie = '') {
    this.client = client;
    this.cookie = cookie;
  }

  get headers(): Record<string, string> {
    return { accept: 'text/html', ...(this.cookie && { cookie: this.cookie }) };
  }

  get(path: string): Promise<Answer> {
    return this.client.send({ method: 'GET', path, headers: this.headers, body: null });
  }

  async forms(path: string): Promise<HtmlForm[]> {
    const answer = await this.get(path);
    return answer.status === 200 ? formsIn(answer.text) : [];
  }

  post(
    path: string,
    fields: Record<string, string> | Field[],
    encoding: 'urlencoded' | 'multipart' = 'urlencoded',
  ): Promise<Answer> {
    const list = Array.isArray(fields)
      ? fields
      : Object.entries(fields).map(([name, value]) => ({ name, value }));
    const headers = { ...this.headers, origin: this.client.url };
    return this.client.send(
      encode({ method: 'POST', path, query: [], headers, body: { kind: 'form', encoding, fields: list } }),
    );
  }

  /** @returns whoever has an account now that the form at this address made @throws when it made none */
  async signUp(path: string, name: string, email: string): Promise<Visitor> {
    const answer = await this.post(path, { name, email, password: PASSWORD });
    if (answer.status !== 303) throw new Error(`${path} answered ${answer.status}`);
    const cookies = answer.headers['set-cookie'] ?? [];
    return new Visitor(this.client, cookies.map((line) => line.split(';')[0]).join('; '));
  }
}

export const PASSWORD = 'vier lange Worte qwertzmarke';
