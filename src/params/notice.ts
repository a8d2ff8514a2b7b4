/** The pages that the law asks for. */
export type NoticeName = 'imprint' | 'privacy' | 'accessibility';

export function match(part: string): part is NoticeName {
  return part === 'imprint' || part === 'privacy' || part === 'accessibility';
}
