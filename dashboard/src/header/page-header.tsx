import type { PipelineBody } from '../../../shared/schemas/api/pipeline.ts';
import { ImportProgress } from '../lib/cards/with-resource.tsx';
import { formatInstant, formatLongDate } from '../lib/format/dates.ts';
import { NO_VALUE } from '../lib/format/numbers.ts';
import type { Freshness } from './freshness.ts';

/** Each fact is undefined while it is pending, and null when it is unavailable. */
interface PageHeaderProps {
  readonly dataset: string | null | undefined;
  readonly timeZone: string | null;
  readonly businessDate: string | null | undefined;
  /** End of the counted sales, ISO 8601. */
  readonly asOf: string | null | undefined;
  readonly modelVersion: string | null | undefined;
  readonly freshness: Freshness | null;
}

export function PageHeader(props: PageHeaderProps) {
  const { dataset, timeZone, businessDate, asOf, modelVersion, freshness } = props;
  return (
    <header class="page-head">
      <div class="page-title">
        <svg width="28" height="28" viewBox="0 0 28 28" aria-hidden="true" class="logo">
          <path class="logo-band" d="M14 15 26 4v12l-12 4Z" />
          <path class="logo-line" d="M2 22l4-6 4 3 4-4.5L26 10" />
        </svg>
        <h1>Retail Demand Edge</h1>
        {freshness && (
          <span class={`badge freshness freshness-${freshness.state}`} title={freshness.detail}>
            {freshness.label}
            <span class="visually-hidden">. {freshness.detail}</span>
          </span>
        )}
      </div>
      <dl class="facts">
        <Fact label="Dataset" value={dataset} />
        <Fact label="Business day" value={businessDate && formatLongDate(businessDate)} />
        <Fact
          label="Sales until"
          value={asOf && formatInstant(asOf, timeZone)}
          note={timeZone?.split('/').at(-1)?.replaceAll('_', ' ')}
        />
        <Fact label="Model" value={modelVersion} />
      </dl>
    </header>
  );
}

interface FactProps {
  readonly label: string;
  readonly value: string | null | undefined;
  readonly note?: string | undefined;
}

function Fact({ label, value, note }: FactProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        {value === undefined ? (
          <span class="skeleton skeleton-fact" aria-hidden="true" />
        ) : (
          (value ?? NO_VALUE)
        )}
        {value && note && <span class="fact-note"> {note}</span>}
      </dd>
    </div>
  );
}

interface PageNoticeProps {
  readonly online: boolean;
  readonly pipeline: PipelineBody | null;
}

/** A notice about the whole page: no network, or an unfinished import of the history. */
export function PageNotice({ online, pipeline }: PageNoticeProps) {
  const importing = pipeline !== null && !pipeline.history_import.complete;
  return (
    <div class="page-notices" role="status">
      {!online && (
        <p class="page-notice page-notice-offline">
          <strong>No network.</strong> The numbers are from the last update; the page resumes by itself.
        </p>
      )}
      {online && importing && (
        <div class="page-notice">
          <strong>Importing the history.</strong>
          <ImportProgress history={pipeline.history_import} />
        </div>
      )}
    </div>
  );
}
