import type { ComponentChildren } from 'preact';
import type { PipelineBody } from '../../../../shared/schemas/api/pipeline.ts';
import { importShare } from '../api/pipeline-state.ts';
import type { ApiError } from '../api/read-answer.ts';
import type { Resource } from '../api/use-resource.ts';
import { formatCount, formatQuantity } from '../format/numbers.ts';

interface WithResourceProps<T> {
  readonly resource: Resource<T>;
  readonly pipeline: PipelineBody | null;
  readonly skeleton: ComponentChildren;
  readonly children: (data: T) => ComponentChildren;
}

/** A card's content by the state of its resource: loading, loaded, out of date, or unavailable. */
export function WithResource<T>({ resource, pipeline, skeleton, children }: WithResourceProps<T>) {
  const { data, error, retry } = resource;
  if (data === null) {
    return error === null ? (
      <div class="loading">
        <span class="visually-hidden" role="status">
          Loading
        </span>
        {skeleton}
      </div>
    ) : (
      <Failure error={error} pipeline={pipeline} onRetry={retry} />
    );
  }
  return (
    <>
      {error !== null && <StaleNotice error={error} onRetry={retry} />}
      {children(data)}
    </>
  );
}

interface NoticeProps {
  readonly tone: 'empty' | 'error' | 'waiting';
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** Replaces a card's content when it has nothing to show, and says why. */
export function Notice({ tone, title, children }: NoticeProps) {
  return (
    <div class={`notice notice-${tone}`} role={tone === 'error' ? 'alert' : 'status'}>
      <p class="notice-title">{title}</p>
      {children}
    </div>
  );
}

interface FailureProps {
  readonly error: ApiError;
  readonly pipeline: PipelineBody | null;
  readonly onRetry: () => void;
}

/** Why there is no data: the progress while the system is loading, else the problem and a retry button. */
export function Failure({ error, pipeline, onRetry }: FailureProps) {
  if (error.kind === 'not-ready') {
    const importing = pipeline !== null && !pipeline.history_import.complete;
    return (
      <Notice tone="waiting" title="Getting ready">
        {importing ? <ImportProgress history={pipeline.history_import} /> : <p>{error.detail}</p>}
      </Notice>
    );
  }
  return (
    <Notice tone="error" title={error.title}>
      <p>{error.detail}</p>
      {error.requestId && <p class="notice-reference">Request {error.requestId}</p>}
      <button type="button" class="button" onClick={onRetry}>
        Try again
      </button>
    </Notice>
  );
}

interface StaleNoticeProps extends Omit<FailureProps, 'pipeline'> {
  /** The problem with the numbers beneath, e.g. `Not up to date`. */
  readonly state?: string;
}

/** Above numbers that could not be refreshed, or of which a part is missing. */
export function StaleNotice({ error, onRetry, state = 'Not up to date' }: StaleNoticeProps) {
  return (
    <div class="stale-notice" role="status">
      <span title={error.detail}>
        <strong>{state}.</strong> {error.title}.
      </span>
      <button type="button" class="button button-small" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

/** Progress of the history import, store by store. */
export function ImportProgress({ history }: { readonly history: PipelineBody['history_import'] }) {
  const share = importShare(history);
  const total = history.stores_total;
  const text =
    total === null
      ? `${formatQuantity(history.stores_imported, 'store', 'stores')} imported`
      : `${formatCount(history.stores_imported)} of ${formatQuantity(total, 'store', 'stores')} imported`;
  return (
    <div class="import-progress">
      {share === null ? (
        <progress aria-label="Import of the history" />
      ) : (
        <progress aria-label="Import of the history" value={share} max={1} />
      )}
      <span>{text}</span>
    </div>
  );
}
