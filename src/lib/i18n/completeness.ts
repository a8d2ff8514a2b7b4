import { m, type Locale } from './index.ts';

/** What may still be missing from an event's figures. */
interface Completeness {
  tablets: number;
  holding: { name: string; waiting: number }[];
  silent: string[];
  anomalies: number;
}

/** How complete an event's figures are, in sentences, and whether anything may be missing. */
export function describeCompleteness(
  { tablets, holding, silent, anomalies }: Completeness,
  locale: Locale,
): { complete: boolean; sentences: string[] } {
  const missing = [
    ...holding.map(({ name, waiting: count }) => m.report_complete_holding({ name, count }, { locale })),
    ...silent.map((name) => m.report_complete_silent({ name }, { locale })),
  ];
  const said =
    tablets === 0
      ? [m.report_complete_no_tablets({}, { locale })]
      : missing.length === 0
        ? [m.report_complete_yes({ count: tablets }, { locale })]
        : missing;
  const wrong = anomalies > 0 ? [m.report_complete_anomalies({ count: anomalies }, { locale })] : [];
  return { complete: tablets > 0 && missing.length === 0, sentences: [...said, ...wrong] };
}
