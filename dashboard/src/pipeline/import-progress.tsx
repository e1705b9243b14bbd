import type { PipelineBody } from '../../../shared/schemas/api/pipeline.ts';
import { formatCount, formatQuantity } from '../format/numbers.ts';
import { importShare } from './pipeline-view.ts';

/** How far the import of the history is, store by store. */
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
