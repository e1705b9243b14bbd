import { OptionPicker } from './option-picker.tsx';
import type { Option } from './options.ts';
import { resolveSelection, type Selection, type SeriesIndex } from './series-index.ts';

interface SeriesPickerProps {
  readonly index: SeriesIndex;
  readonly selection: Selection;
  readonly onSelect: (selection: Selection, how: 'chosen' | 'stepped') => void;
}

/** Store and family; a store that does not sell the selected family shows another of its own. */
export function SeriesPicker({ index, selection, onSelect }: SeriesPickerProps) {
  const stores: Option[] = index.stores.map((store) => ({
    value: store.store_nbr,
    label: `Store ${store.store_nbr}`,
    hint: `${store.city}, type ${store.type}`,
  }));
  const families: Option[] = index
    .familiesOf(selection.storeNbr)
    .map((family) => ({ value: family, label: family }));
  return (
    <div class="series-picker">
      <OptionPicker
        label="Store"
        options={stores}
        value={selection.storeNbr}
        onPick={(value, how) => {
          const next = resolveSelection(index, { storeNbr: value, family: selection.family });
          if (next) onSelect(next, how);
        }}
      />
      <OptionPicker
        label="Family"
        options={families}
        value={selection.family}
        onPick={(family, how) => onSelect({ storeNbr: selection.storeNbr, family }, how)}
      />
    </div>
  );
}

/** Placeholder of the picker until the catalog is loaded. */
export function SeriesPickerSkeleton() {
  return (
    <div class="series-picker" aria-hidden="true">
      {['Store', 'Family'].map((label) => (
        <div class="picker" key={label}>
          <span class="caption">{label}</span>
          <div class="skeleton skeleton-picker" />
        </div>
      ))}
    </div>
  );
}
