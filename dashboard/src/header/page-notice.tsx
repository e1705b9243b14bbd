import type { PipelineBody } from '../../../shared/schemas/api/pipeline.ts';
import { ImportProgress } from '../pipeline/import-progress.tsx';

interface PageNoticeProps {
  readonly online: boolean;
  readonly pipeline: PipelineBody | null;
}

/** What concerns the whole page: no network, or a history that is still on its way. */
export function PageNotice({ online, pipeline }: PageNoticeProps) {
  const importing = pipeline !== null && !pipeline.history_import.complete;
  return (
    <div class="page-notices" role="status">
      {!online && (
        <p class="page-notice page-notice-offline">
          <strong>No network.</strong> The numbers are those of the last answer; the page goes on by itself.
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
